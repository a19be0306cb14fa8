import type { Tensor, Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs';
import type { Engine } from '../../../engine.js';
import type { AnyWindow, Window, Window1d, Window3d } from '../../window.js';
import type { GradientCase } from '../check.js';
import { at, sum } from '../reference.js';
import { convReference, poolReference, transposeReference, type WindowShape } from '../windows.js';

type Ops = Engine['ops'];
type Settings = AnyWindow;
type Op = (ops: Ops, x: Tensor, kernel: Tensor, window: Settings) => Tensor;

const describeCase = (name: string, { x, size, strides, padding, dilations }: WindowShape): string =>
  `${name} of [${x.join(', ')}] with [${size.join(', ')}], strides ${strides.join(', ')}, ${padding}, dilated ${(dilations ?? [1]).join(', ')}`;

const CONV: Record<number, Op> = {
  1: (ops, x, kernel, window) => ops.conv1d(x as Tensor3D, kernel as Tensor3D, window as Window1d),
  2: (ops, x, kernel, window) => ops.conv2d(x as Tensor4D, kernel as Tensor4D, window as Window),
  3: (ops, x, kernel, window) => ops.conv3d(x as Tensor5D, kernel as Tensor5D, window as Window3d),
};
const DEPTHWISE: Record<number, Op> = {
  1: (ops, x, kernel, window) => ops.depthwiseConv1d(x as Tensor3D, kernel as Tensor3D, window as Window1d),
  2: (ops, x, kernel, window) => ops.depthwiseConv2d(x as Tensor4D, kernel as Tensor4D, window as Window),
};
const TRANSPOSE: Record<number, Op> = {
  1: (ops, x, kernel, window) => ops.conv1dTranspose(x as Tensor3D, kernel as Tensor3D, window as Window1d),
  2: (ops, x, kernel, window) => ops.conv2dTranspose(x as Tensor4D, kernel as Tensor4D, window as Window),
  3: (ops, x, kernel, window) => ops.conv3dTranspose(x as Tensor5D, kernel as Tensor5D, window as Window3d),
};

const opFor = (table: Record<number, Op>, { size }: WindowShape): Op => {
  const op = table[size.length];
  if (!op) throw new Error(`no op of ${size.length} dimensions`);
  return op;
};

function convolution(shape: WindowShape, filters: number, composed?: GradientCase['op']): GradientCase {
  return {
    name: describeCase('a convolution', shape),
    covers: [shape.size.length === 3 ? 'Conv3D' : 'Conv2D'],
    inputs: [{ shape: shape.x }, { shape: [...shape.size, at(shape.x, shape.x.length - 1), filters] }],
    op: ({ ops }, x, kernel) => opFor(CONV, shape)(ops, x, kernel, shape),
    reference: (x, kernel) => convReference(shape, x, kernel, { filters }),
    ...(composed ? { composed } : {}),
  };
}

function grouped(shape: WindowShape, filters: number, groups: number): GradientCase {
  const each = at(shape.x, shape.x.length - 1) / groups;
  return {
    ...convolution(shape, filters),
    name: describeCase(`a convolution in ${groups} groups`, shape),
    inputs: [{ shape: shape.x }, { shape: [...shape.size, each, filters] }],
    reference: (x, kernel) => convReference(shape, x, kernel, { filters, groups }),
  };
}

function depthwise(shape: WindowShape, filters: number, composed?: GradientCase['op']): GradientCase {
  return {
    ...convolution(shape, filters, composed),
    name: describeCase('a depthwise convolution', shape),
    covers: ['DepthwiseConv2D'],
    op: ({ ops }, x, kernel) => opFor(DEPTHWISE, shape)(ops, x, kernel, shape),
    reference: (x, kernel) => convReference(shape, x, kernel, { filters, depthwise: true }),
  };
}

/** `shape` describes the convolution whose transpose it is; its x is the output here, `y` the input. */
function transpose(
  shape: WindowShape,
  y: readonly number[],
  outputPadding?: readonly number[],
): GradientCase {
  const filters = at(y, y.length - 1);
  return {
    name: describeCase('a transposed convolution to', shape),
    covers: [shape.size.length === 3 ? 'Conv3DTranspose' : 'Conv2DTranspose'],
    inputs: [{ shape: y }, { shape: [...shape.size, at(shape.x, shape.x.length - 1), filters] }],
    op: ({ ops }, x, kernel) =>
      opFor(TRANSPOSE, shape)(ops, x, kernel, { ...shape, ...(outputPadding ? { outputPadding } : {}) }),
    reference: (values, kernel) => transposeReference(shape, values, kernel, filters),
  };
}

const POOLS: Record<
  number,
  (ops: Ops, x: Tensor, size: readonly number[], w: Settings, max: boolean) => Tensor
> = {
  1: (ops, x, size, w, max) =>
    (max ? ops.maxPool1d : ops.averagePool1d)(x as Tensor3D, size as [number], w as Window1d),
  2: (ops, x, size, w, max) =>
    (max ? ops.maxPool2d : ops.averagePool2d)(x as Tensor4D, size as [number, number], w as Window),
  3: (ops, x, size, w, max) =>
    (max ? ops.maxPool3d : ops.averagePool3d)(x as Tensor5D, size as [number, number, number], w as Window3d),
};

const pools = (shape: WindowShape): GradientCase[] =>
  [true, false].map((max) => ({
    name: describeCase(max ? 'max pooling' : 'average pooling', shape),
    covers: [],
    inputs: [{ shape: shape.x }],
    op: ({ ops }, x) => POOLS[shape.size.length]?.(ops, x, shape.size, shape, max) ?? x,
    reference: (x) =>
      poolReference(shape, x, (window) => (max ? Math.max(...window) : sum(window) / window.length)),
  }));

export const spatialCases: readonly GradientCase[] = [
  convolution({ x: [2, 5, 2], size: [3], strides: [1], padding: 'valid' }, 3),
  convolution({ x: [1, 6, 2], size: [3], strides: [2], padding: 'same' }, 2),
  convolution({ x: [1, 8, 2], size: [3], strides: [1], padding: 'valid', dilations: [2] }, 2),
  convolution({ x: [2, 4, 5, 2], size: [3, 2], strides: [1, 1], padding: 'valid' }, 2, ({ tf }, x, kernel) =>
    tf.conv2d(x as Tensor4D, kernel as Tensor4D, 1, 'valid'),
  ),
  convolution({ x: [1, 6, 5, 2], size: [3, 3], strides: [2, 2], padding: 'same' }, 2, ({ tf }, x, kernel) =>
    tf.conv2d(x as Tensor4D, kernel as Tensor4D, 2, 'same'),
  ),
  convolution({ x: [1, 6, 5, 2], size: [3, 2], strides: [1, 1], padding: 'same', dilations: [2, 2] }, 2),
  convolution(
    { x: [1, 3, 4, 3, 2], size: [2, 2, 2], strides: [1, 2, 1], padding: 'same' },
    2,
    ({ tf }, x, kernel) => tf.conv3d(x as Tensor5D, kernel as Tensor5D, [1, 2, 1], 'same'),
  ),
  convolution(
    { x: [1, 4, 4, 4, 1], size: [2, 2, 2], strides: [1, 1, 1], padding: 'valid', dilations: [2, 2, 2] },
    2,
  ),
  depthwise({ x: [2, 5, 2], size: [3], strides: [1], padding: 'valid' }, 2),
  depthwise({ x: [1, 5, 5, 3], size: [3, 3], strides: [2, 2], padding: 'same' }, 2, ({ tf }, x, kernel) =>
    tf.depthwiseConv2d(x as Tensor4D, kernel as Tensor4D, 2, 'same'),
  ),
  depthwise({ x: [1, 5, 5, 2], size: [2, 2], strides: [1, 1], padding: 'valid', dilations: [2, 2] }, 1),
  depthwise({ x: [1, 6, 2], size: [3], strides: [1], padding: 'same', dilations: [2] }, 2),
  depthwise({ x: [1, 7, 2], size: [3], strides: [2], padding: 'same' }, 2),
  depthwise({ x: [1, 5, 4, 2], size: [3, 2], strides: [2, 1], padding: 'same' }, 2),
  depthwise({ x: [1, 7, 8, 1], size: [2, 3], strides: [2, 2], padding: 'same', dilations: [2, 2] }, 2),
  depthwise({ x: [1, 7, 8, 1], size: [2, 3], strides: [2, 3], padding: 'valid', dilations: [2, 1] }, 1),
  grouped({ x: [1, 6, 4], size: [3], strides: [2], padding: 'same' }, 4, 2),
  grouped({ x: [1, 4, 5, 4], size: [3, 2], strides: [1, 1], padding: 'valid', dilations: [1, 2] }, 6, 2),
  grouped({ x: [1, 4, 5, 3], size: [2, 2], strides: [2, 1], padding: 'same' }, 6, 3),
  grouped({ x: [1, 3, 3, 3, 4], size: [2, 2, 2], strides: [1, 1, 1], padding: 'valid' }, 2, 2),
  transpose({ x: [1, 8, 2], size: [3], strides: [2], padding: 'valid' }, [1, 3, 2], [1]),
  transpose({ x: [1, 3, 6, 2], size: [3, 3], strides: [2, 3], padding: 'same' }, [1, 2, 2, 2], [0, 2]),
  transpose({ x: [1, 7, 2], size: [3], strides: [1], padding: 'valid', dilations: [2] }, [1, 3, 2]),
  transpose({ x: [1, 7, 2], size: [3], strides: [2], padding: 'valid' }, [1, 3, 2]),
  transpose({ x: [1, 4, 6, 2], size: [3, 3], strides: [2, 2], padding: 'same' }, [1, 2, 3, 2]),
  transpose({ x: [1, 6, 6, 1], size: [2, 2], strides: [3, 3], padding: 'valid' }, [1, 2, 2, 2]),
  transpose({ x: [1, 3, 4, 4, 1], size: [2, 2, 2], strides: [1, 2, 2], padding: 'valid' }, [1, 2, 2, 2, 2]),
  ...pools({ x: [2, 5, 2], size: [2], strides: [2], padding: 'valid' }),
  ...pools({ x: [1, 5, 4, 2], size: [3, 2], strides: [2, 1], padding: 'same' }),
  ...pools({ x: [1, 3, 4, 3, 2], size: [2, 2, 2], strides: [1, 2, 1], padding: 'same' }),
];
