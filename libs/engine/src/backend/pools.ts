// Pools under padding that is given as numbers, which tfjs-node-gpu refuses: the input is padded, then pooled as it is.

import type { NamedAttrMap, Tensor } from '@tensorflow/tfjs';
import { input, type KernelParts, type Override } from './override.js';

type Padding = 'same' | 'valid' | number | [[0, 0], [number, number], [number, number], [0, 0]];

/** Attributes of the kernels. */
interface Pool {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: Padding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** The same for volumes; tfjs knows numbers and names as their padding. */
interface VolumePool {
  readonly filterSize: number | [number, number, number];
  readonly strides: number | [number, number, number];
  readonly pad: 'same' | 'valid' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Paddings = [before: number, after: number][];

/** The padding of each axis; null when it has a name. */
function paddingsOf({ tf }: KernelParts, x: Tensor, attrs: NamedAttrMap | undefined): Paddings | null {
  if (x.rank === 4) {
    const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as Pool;
    const shape = x.shape as [number, number, number, number];
    const { padInfo } = tf.backend_util.computePool2DInfo(
      ...([shape, filterSize, strides, 1, pad, dimRoundingMode] as const),
    );
    const { type, top, bottom, left, right } = padInfo;
    return type === 'SAME' || type === 'VALID'
      ? null
      : [
          [0, 0],
          [top, bottom],
          [left, right],
          [0, 0],
        ];
  }
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as VolumePool;
  const shape = x.shape as [number, number, number, number, number];
  const { padInfo } = tf.backend_util.computePool3DInfo(
    ...([shape, filterSize, strides, 1, pad, dimRoundingMode] as const),
  );
  const { type, front, back, top, bottom, left, right } = padInfo;
  return type === 'SAME' || type === 'VALID'
    ? null
    : [
        [0, 0],
        [front, back],
        [top, bottom],
        [left, right],
        [0, 0],
      ];
}

const valid = (attrs: NamedAttrMap | undefined): NamedAttrMap => ({ ...attrs, pad: 'valid' });

/** For each window the part of it that is no padding. */
function coverage(
  { tf }: KernelParts,
  kernel: string,
  x: Tensor,
  paddings: Paddings,
  attrs: NamedAttrMap | undefined,
): Tensor {
  const ones = tf.ones([1, ...x.shape.slice(1, -1), 1]);
  return tf.engine().runKernel(kernel, { x: tf.pad(ones, paddings) }, valid(attrs));
}

const forward =
  (kernel: string, fill: number): Override =>
  (parts, original) =>
  (args) => {
    const { tf } = parts;
    const x = input(args, 'x');
    const paddings = paddingsOf(parts, x, args.attrs);
    if (!paddings) return original(args);
    return tf.tidy(() => {
      const pooled = tf
        .engine()
        .runKernel<Tensor>(kernel, { x: tf.pad(x, paddings, fill) }, valid(args.attrs));
      return fill === 0 ? tf.div<Tensor>(pooled, coverage(parts, kernel, x, paddings, args.attrs)) : pooled;
    });
  };

/** The gradient of the padded input, without the padding. */
const backward =
  (kernel: string, average: string | null): Override =>
  (parts, original) =>
  (args) => {
    const { tf } = parts;
    const [dy, x] = [input(args, 'dy'), input(args, 'input')];
    const paddings = paddingsOf(parts, x, args.attrs);
    if (!paddings) return original(args);
    return tf.tidy(() => {
      const padded = tf.pad(x, paddings, average === null ? -Infinity : 0);
      const inputs =
        average === null
          ? { dy, input: padded, output: input(args, 'output') }
          : { dy: tf.div<Tensor>(dy, coverage(parts, average, x, paddings, args.attrs)), input: padded };
      const gradient = tf.engine().runKernel<Tensor>(kernel, inputs, valid(args.attrs));
      return tf.slice(
        gradient,
        paddings.map(([before]) => before),
        x.shape,
      );
    });
  };

export const poolOverrides: Readonly<Record<string, Override>> = {
  MaxPool: forward('MaxPool', -Infinity),
  MaxPool3D: forward('MaxPool3D', -Infinity),
  AvgPool: forward('AvgPool', 0),
  AvgPool3D: forward('AvgPool3D', 0),
  MaxPoolGrad: backward('MaxPoolGrad', null),
  MaxPool3DGrad: backward('MaxPool3DGrad', null),
  AvgPoolGrad: backward('AvgPoolGrad', 'AvgPool'),
  AvgPool3DGrad: backward('AvgPool3DGrad', 'AvgPool3D'),
};
