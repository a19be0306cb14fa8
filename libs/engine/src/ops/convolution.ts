// Convolutions (cross-correlations, as Keras means them), channels last.

import type { Tensor, Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs';
import { intsAttribute, stringAttribute, type Runtime } from '../backend/runtime.js';
import type { Attribute } from '../native/attributes.js';
import { floatType, shapeTensor, windowAttributes, type Padding } from './attributes.js';
import { dilated } from './dilation.js';
import { defineKernel } from './kernels.js';

/** How a window moves over the dimensions between batch and channels. */
export interface WindowOf<Size extends readonly number[]> {
  readonly strides: Size;
  readonly padding: Padding;
  /** Distances of a kernel's taps, 1 by default; where one is larger the strides are 1. */
  readonly dilations?: Size;
}

export type Window1d = WindowOf<readonly [number]>;
/** A window over images, channels last. */
export type Window = WindowOf<readonly [number, number]>;
export type Window3d = WindowOf<readonly [number, number, number]>;

type AnyWindow = WindowOf<readonly number[]>;

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

/** An image of one row, for ops on sequences. */
const asRow = (x: Tensor3D): Tensor4D => x.expandDims(1);
const rowWindow = ({ strides: [stride], padding, dilations }: Window1d): Window => ({
  strides: [1, stride],
  padding,
  ...(dilations ? { dilations: [1, dilations[0]] } : {}),
});

/** Size of what a transposed convolution returns (Keras `compute_conv_transpose_output_shape`). */
function transposedSize(x: Tensor, kernel: Tensor, { strides, padding, dilations }: AnyWindow): number[] {
  return strides.map((stride, axis) => {
    const full = (x.shape[axis + 1] ?? 1) * stride;
    const taps = ((kernel.shape[axis] ?? 1) - 1) * (dilations?.[axis] ?? 1) + 1;
    return padding === 'same' ? full : full + Math.max(taps - stride, 0);
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

  const conv2d = convolution('Conv2D', CONV2D);
  const conv3d = convolution('Conv3D', CONV3D);
  const plainDepthwise = convolution('DepthwiseConv2D', DEPTHWISE);
  const conv2dTranspose = transposed('Conv2DTranspose', CONV2D);
  const conv3dTranspose = transposed('Conv3DTranspose', CONV3D);
  type Call = typeof conv2d;
  // TensorFlow has no gradients of dilated depthwise convolutions on CPUs.
  const depthwise: Call = ({ x, kernel }, { dilations, ...window }) => {
    if (!dilations?.some((rate) => rate > 1)) return plainDepthwise({ x, kernel }, window);
    const undilated = (spread: Tensor4D): Tensor4D =>
      plainDepthwise({ x: spread, kernel }, { ...window, padding: 'valid' }).y as Tensor4D;
    const size = kernel.shape.slice(0, 2);
    return { y: dilated(tf, x as Tensor4D, size, { padding: window.padding, dilations }, undilated) };
  };
  /** An op on images, applied to sequences. */
  const onRow = (op: Call, x: Tensor3D, kernel: Tensor3D, window: Window1d): Tensor3D =>
    tf.tidy(() => {
      const { y } = op({ x: asRow(x), kernel: kernel.expandDims(0) }, rowWindow(window));
      return y.squeeze([1]);
    });

  return {
    /** x [batch, steps, in] ∗ kernel [size, in, out]. */
    conv1d: (x: Tensor3D, kernel: Tensor3D, window: Window1d): Tensor3D => onRow(conv2d, x, kernel, window),

    /** x [batch, height, width, in] ∗ kernel [h, w, in, out]. */
    conv2d: (x: Tensor4D, kernel: Tensor4D, window: Window): Tensor4D =>
      conv2d({ x, kernel }, window).y as Tensor4D,

    /** x [batch, depth, height, width, in] ∗ kernel [d, h, w, in, out]. */
    conv3d: (x: Tensor5D, kernel: Tensor5D, window: Window3d): Tensor5D =>
      conv3d({ x, kernel }, window).y as Tensor5D,

    /** Each channel by itself: x [batch, steps, in] ∗ kernel [size, in, multiplier] → [.., in·multiplier]. */
    depthwiseConv1d: (x: Tensor3D, kernel: Tensor3D, window: Window1d): Tensor3D =>
      onRow(depthwise, x, kernel, window),

    /** Each channel by itself: x [batch, height, width, in] ∗ kernel [h, w, in, multiplier] → [.., in·multiplier]. */
    depthwiseConv2d: (x: Tensor4D, kernel: Tensor4D, window: Window): Tensor4D =>
      tf.tidy(() => depthwise({ x, kernel }, window).y as Tensor4D),

    /** The transpose of conv1d: x [batch, steps, in], kernel [size, out, in]. */
    conv1dTranspose: (x: Tensor3D, kernel: Tensor3D, window: Window1d): Tensor3D =>
      onRow(conv2dTranspose, x, kernel, window),

    /** The transpose of conv2d: x [batch, height, width, in], kernel [h, w, out, in]. */
    conv2dTranspose: (x: Tensor4D, kernel: Tensor4D, window: Window): Tensor4D =>
      conv2dTranspose({ x, kernel }, window).y as Tensor4D,

    /** The transpose of conv3d: x [batch, depth, height, width, in], kernel [d, h, w, out, in]. */
    conv3dTranspose: (x: Tensor5D, kernel: Tensor5D, window: Window3d): Tensor5D =>
      conv3dTranspose({ x, kernel }, window).y as Tensor5D,
  };
}
