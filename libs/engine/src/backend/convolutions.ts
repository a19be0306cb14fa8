// Two-dimensional convolutions where the kernels of tfjs-node-gpu fall short. They refuse padding that is given as
// numbers, in the forward or in the backward pass; and for no images oneDNN's Conv2D returns the shape of its input.

import type { backend_util, DataType, NamedAttrMap, Tensor } from '@tensorflow/tfjs';
import type { Attribute } from '../native/attributes.js';
import { input, typeOf, type KernelParts, type Override } from './override.js';
import { intsAttribute, stringAttribute } from './runtime.js';

type Size4D = [number, number, number, number];
type Padding = 'same' | 'valid' | number | [[0, 0], [number, number], [number, number], [0, 0]];

/** Attributes of the kernels; gradients know one of the shapes. */
interface Convolution {
  readonly strides: number | [number, number];
  readonly pad: Padding;
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dilations?: number | [number, number] | null;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly filterShape?: Size4D;
  readonly inputShape?: Size4D;
}

/** A convolution as tfjs works it out. */
interface Plan {
  readonly info: backend_util.Conv2DInfo;
  readonly attributes: readonly Attribute[];
  /** Whether tfjs-node-gpu and oneDNN get it right. */
  readonly isPlain: boolean;
}

function plan(
  { tf }: KernelParts,
  attrs: NamedAttrMap | undefined,
  tensors: { readonly x?: Tensor; readonly filter?: Tensor },
  isDepthwise: boolean,
): Plan {
  const given = attrs as unknown as Convolution;
  const { strides, pad, dimRoundingMode, dataFormat = 'NHWC' } = given;
  const inputShape = (tensors.x?.shape as Size4D | undefined) ?? given.inputShape ?? [0, 0, 0, 0];
  const filterShape = (tensors.filter?.shape as Size4D | undefined) ?? given.filterShape ?? [0, 0, 0, 0];
  const layout = dataFormat === 'NHWC' ? 'channelsLast' : 'channelsFirst';
  const info = tf.backend_util.computeConv2DInfo(
    ...([inputShape, filterShape, strides, given.dilations ?? 1, pad] as const),
    ...([dimRoundingMode, isDepthwise, layout] as const),
  );
  const { top, bottom, left, right, type } = info.padInfo;
  const byAxis = (height: number, width: number): number[] =>
    dataFormat === 'NHWC' ? [1, height, width, 1] : [1, 1, height, width];
  const sides = [top, bottom, left, right];
  const isNamed = type === 'SAME' || type === 'VALID';
  return {
    info,
    isPlain: isNamed && inputShape[0] > 0,
    attributes: [
      intsAttribute('strides', byAxis(info.strideHeight, info.strideWidth)),
      intsAttribute('dilations', byAxis(info.dilationHeight, info.dilationWidth)),
      stringAttribute('data_format', dataFormat),
      stringAttribute('padding', isNamed ? type : 'EXPLICIT'),
      ...(isNamed
        ? []
        : [
            intsAttribute(
              'explicit_paddings',
              dataFormat === 'NHWC' ? [0, 0, ...sides, 0, 0] : [0, 0, 0, 0, ...sides],
            ),
          ]),
    ],
  };
}

const forward =
  (op: string, isDepthwise: boolean): Override =>
  (parts, original) =>
  (args) => {
    const [x, filter] = [input(args, 'x'), input(args, 'filter')];
    const { info, isPlain, attributes: given } = plan(parts, args.attrs, { x, filter }, isDepthwise);
    if (isPlain) return original(args);
    if (info.batchSize === 0) return parts.tf.zeros(info.outShape, x.dtype);
    return parts.backend.executeSingleOutput(op, [typeOf(parts.backend, 'T', x), ...given], [x, filter]);
  };

/** The convolution, then the bias, then the activation, as separate ops. */
const fused =
  (kernel: string, isDepthwise: boolean): Override =>
  (parts, original) =>
  (args) => {
    const [x, filter] = [input(args, 'x'), input(args, 'filter')];
    if (plan(parts, args.attrs, { x, filter }, isDepthwise).isPlain) return original(args);
    const { tf, backend } = parts;
    const { activation, leakyreluAlpha } = args.attrs as unknown as {
      activation: string;
      leakyreluAlpha?: number;
    };
    const [bias, weights] = [args.inputs['bias'], args.inputs['preluActivationWeights']] as (
      Tensor | undefined
    )[];
    return tf.tidy(() => {
      const convolved = tf.engine().runKernel<Tensor>(kernel, { x, filter }, args.attrs);
      const shifted = bias ? tf.add<Tensor>(convolved, bias) : convolved;
      return backend.applyActivation(shifted, activation, weights, leakyreluAlpha);
    });
  };

/** The gradient in respect of the filter, or of the input: what they differ in is which shape they are given. */
const backward =
  (op: string, isDepthwise: boolean, wanted: 'filter' | 'input'): Override =>
  (parts, original) =>
  (args) => {
    const { tf, backend } = parts;
    const known = input(args, wanted === 'filter' ? 'x' : 'filter');
    const dy = input(args, 'dy');
    const tensors = wanted === 'filter' ? { x: known } : { filter: known };
    const { info, isPlain, attributes: given } = plan(parts, args.attrs, tensors, isDepthwise);
    if (isPlain) return original(args);
    const shape = wanted === 'filter' ? info.filterShape : info.inShape;
    const dtype: DataType = dy.dtype;
    if (info.batchSize === 0) return tf.zeros([...shape], dtype);
    const size = tf.tensor1d([...shape], 'int32');
    try {
      const inputs = wanted === 'filter' ? [known, size, dy] : [size, known, dy];
      return backend.executeSingleOutput(op, [typeOf(backend, 'T', dy), ...given], inputs);
    } finally {
      size.dispose();
    }
  };

export const convolutionOverrides: Readonly<Record<string, Override>> = {
  Conv2D: forward('Conv2D', false),
  DepthwiseConv2dNative: forward('DepthwiseConv2dNative', true),
  FusedConv2D: fused('Conv2D', false),
  FusedDepthwiseConv2D: fused('DepthwiseConv2dNative', true),
  Conv2DBackpropFilter: backward('Conv2DBackpropFilter', false, 'filter'),
  Conv2DBackpropInput: backward('Conv2DBackpropInput', false, 'input'),
  DepthwiseConv2dNativeBackpropFilter: backward('DepthwiseConv2dNativeBackpropFilter', true, 'filter'),
  DepthwiseConv2dNativeBackpropInput: backward('DepthwiseConv2dNativeBackpropInput', true, 'input'),
};
