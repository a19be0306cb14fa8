// Convolutions (cross-correlations, as Keras means them), channels last.

import type { Tensor, Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs';
import { intsAttribute, stringAttribute, type Runtime } from '../backend/runtime.js';
import type { Attribute } from '../native/attributes.js';
import { floatType, shapeTensor, windowAttributes } from './attributes.js';
import { grouped, spacedDepthwise, type Convolve } from './grouped.js';
import { defineKernel } from './kernels.js';
import type { AnyWindow, Window, Window1d, Window3d } from './window.js';

interface OpNames {
  readonly forward: string;
  readonly input: string;
  readonly filter: string;
  readonly format: 'NHWC' | 'NDHWC';
}

const CONV2D: OpNames = {
  forward: 'Conv2D',
  input: 'Conv2DBackpropInput',
  filter: 'Conv2DBackpropFilter',
  format: 'NHWC',
};
const CONV3D: OpNames = {
  forward: 'Conv3D',
  input: 'Conv3DBackpropInputV2',
  filter: 'Conv3DBackpropFilterV2',
  format: 'NDHWC',
};
const DEPTHWISE: OpNames = {
  forward: 'DepthwiseConv2dNative',
  input: 'DepthwiseConv2dNativeBackpropInput',
  filter: 'DepthwiseConv2dNativeBackpropFilter',
  format: 'NHWC',
};

/** The window of a sequence that is an image of one row; the stride over its rows is of no effect. */
const rowWindow = ({ strides, padding, dilations, outputPadding }: AnyWindow, stride: number): AnyWindow => ({
  strides: [stride, ...strides],
  padding,
  ...(dilations ? { dilations: [1, ...dilations] } : {}),
  ...(outputPadding ? { outputPadding: [0, ...outputPadding] } : {}),
});

/** Size of what a transposed convolution returns (Keras `compute_conv_transpose_output_shape`). */
function transposedSize(x: Tensor, kernel: Tensor, window: AnyWindow): number[] {
  const { strides, padding, dilations, outputPadding } = window;
  return strides.map((stride, axis) => {
    const taps = ((kernel.shape[axis] ?? 1) - 1) * (dilations?.[axis] ?? 1) + 1;
    const least = ((x.shape[axis + 1] ?? 1) - 1) * stride + (padding === 'same' ? taps % 2 : taps);
    const usual = padding === 'same' ? stride - (taps % 2) : Math.max(stride - taps, 0);
    return least + (outputPadding?.[axis] ?? usual);
  });
}

export function convolutionOps(runtime: Runtime) {
  const { tf } = runtime;
  const T = floatType(runtime);
  const attributesOf = ({ format }: OpNames, window: AnyWindow): Attribute[] => [
    T,
    ...windowAttributes(window.strides, window.padding),
    stringAttribute('data_format', format),
    ...(window.dilations ? [intsAttribute('dilations', [1, ...window.dilations, 1])] : []),
  ];
  const run = {
    forward: (ops: OpNames, x: Tensor, kernel: Tensor, window: AnyWindow) =>
      runtime.run(ops.forward, attributesOf(ops, window), [x, kernel]),
    input: (ops: OpNames, shape: readonly number[], kernel: Tensor, dy: Tensor, window: AnyWindow) =>
      runtime.run(ops.input, attributesOf(ops, window), [shapeTensor(runtime, shape), kernel, dy]),
    filter: (ops: OpNames, x: Tensor, shape: readonly number[], dy: Tensor, window: AnyWindow) =>
      runtime.run(ops.filter, attributesOf(ops, window), [x, shapeTensor(runtime, shape), dy]),
  };

  const convolution = (name: string, ops: OpNames) =>
    defineKernel(runtime, name, {
      inputs: ['x', 'kernel'],
      outputs: ['y'],
      saved: ['x', 'kernel'],
      forward: ({ x, kernel }, window: AnyWindow) => [run.forward(ops, x, kernel, window)],
      gradient: ({ y: dy }, { x, kernel }, window) => ({
        x: () => run.input(ops, x.shape, kernel, dy, window),
        kernel: () => run.filter(ops, x, kernel.shape, dy, window),
      }),
    });
  // The gradient of a convolution by its input, taken as an op; its own gradients are convolutions again.
  const transposed = (name: string, ops: OpNames) =>
    defineKernel(runtime, name, {
      inputs: ['x', 'kernel'],
      outputs: ['y'],
      saved: ['x', 'kernel'],
      forward: ({ x, kernel }, window: AnyWindow) => {
        const shape = [x.shape[0], ...transposedSize(x, kernel, window), kernel.shape.at(-2) ?? 1];
        return [run.input(ops, shape, kernel, x, window)];
      },
      gradient: ({ y: dy }, { x, kernel }, window) => ({
        x: () => run.forward(ops, dy, kernel, window),
        kernel: () => run.filter(ops, dy, kernel.shape, x, window),
      }),
    });

  const depthwise = spacedDepthwise(runtime, convolution('DepthwiseConv2D', DEPTHWISE));
  const images = {
    plain: grouped(runtime, convolution('Conv2D', CONV2D), depthwise),
    depthwise,
    transposed: transposed('Conv2DTranspose', CONV2D),
  };
  const volumes = {
    plain: grouped(runtime, convolution('Conv3D', CONV3D), null),
    transposed: transposed('Conv3DTranspose', CONV3D),
  };
  /** An op on images, applied to sequences. */
  const onRow = (op: Convolve, x: Tensor, kernel: Tensor, window: AnyWindow, rowStride = 1): Tensor =>
    tf.tidy(() => {
      const row = { x: x.expandDims(1), kernel: kernel.expandDims(0) };
      return op(row, rowWindow(window, rowStride)).y.squeeze([1]);
    });
  const conv = (x: Tensor, kernel: Tensor, window: AnyWindow): Tensor => {
    if (x.rank === 3) return onRow(images.plain, x, kernel, window);
    return (x.rank === 4 ? images : volumes).plain({ x, kernel }, window).y;
  };
  const depthwiseConv = (x: Tensor, kernel: Tensor, window: AnyWindow): Tensor =>
    x.rank === 3
      ? onRow(depthwise, x, kernel, window, window.strides[0]) // TensorFlow wants the same stride on both axes.
      : depthwise({ x, kernel }, window).y;
  const convTranspose = (x: Tensor, kernel: Tensor, window: AnyWindow): Tensor => {
    if (x.rank === 3) return onRow(images.transposed, x, kernel, window);
    return (x.rank === 4 ? images : volumes).transposed({ x, kernel }, window).y;
  };

  return {
    /**
     * x [batch, ..., in] ∗ kernel [..., in / groups, out] over one to three dimensions. With several groups each one of
     * the input's channels has out / groups filters of its own.
     */
    conv,

    /** Each channel by itself, over one or two dimensions: x [batch, ..., in], kernel [..., in, multiplier]. */
    depthwiseConv,

    /** The transpose of `conv`: x [batch, ..., in], kernel [..., out, in]. */
    convTranspose,

    /** x [batch, steps, in] ∗ kernel [size, in, out]. */
    conv1d: (x: Tensor3D, kernel: Tensor3D, window: Window1d): Tensor3D =>
      conv(x, kernel, window) as Tensor3D,

    /** x [batch, height, width, in] ∗ kernel [h, w, in, out]. */
    conv2d: (x: Tensor4D, kernel: Tensor4D, window: Window): Tensor4D => conv(x, kernel, window) as Tensor4D,

    /** x [batch, depth, height, width, in] ∗ kernel [d, h, w, in, out]. */
    conv3d: (x: Tensor5D, kernel: Tensor5D, window: Window3d): Tensor5D =>
      conv(x, kernel, window) as Tensor5D,

    /** Each channel by itself: x [batch, steps, in] ∗ kernel [size, in, multiplier] → [.., in·multiplier]. */
    depthwiseConv1d: (x: Tensor3D, kernel: Tensor3D, window: Window1d): Tensor3D =>
      depthwiseConv(x, kernel, window) as Tensor3D,

    /** Each channel by itself: x [batch, height, width, in] ∗ kernel [h, w, in, multiplier] → [.., in·multiplier]. */
    depthwiseConv2d: (x: Tensor4D, kernel: Tensor4D, window: Window): Tensor4D =>
      depthwiseConv(x, kernel, window) as Tensor4D,

    /** The transpose of conv1d: x [batch, steps, in], kernel [size, out, in]. */
    conv1dTranspose: (x: Tensor3D, kernel: Tensor3D, window: Window1d): Tensor3D =>
      convTranspose(x, kernel, window) as Tensor3D,

    /** The transpose of conv2d: x [batch, height, width, in], kernel [h, w, out, in]. */
    conv2dTranspose: (x: Tensor4D, kernel: Tensor4D, window: Window): Tensor4D =>
      convTranspose(x, kernel, window) as Tensor4D,

    /** The transpose of conv3d: x [batch, depth, height, width, in], kernel [d, h, w, out, in]. */
    conv3dTranspose: (x: Tensor5D, kernel: Tensor5D, window: Window3d): Tensor5D =>
      convTranspose(x, kernel, window) as Tensor5D,
  };
}
