// Kernels of pools.

import type { Tensor, Tensor4D, Tensor5D } from '@tensorflow/tfjs';
import { wave } from '../../testing.js';
import type { Tf } from '../tfjs.js';
import { direct, kernelCase, real, result, type KernelCase } from './case.js';

const image = real([2, 6, 7, 3]);
/** Padding of each axis. */
const sides: [[0, 0], [number, number], [number, number], [0, 0]] = [
  [0, 0],
  [1, 0],
  [0, 1],
  [0, 0],
];
const volume = real([1, 4, 5, 4, 2]);

type Pool = (
  tf: Tf,
  x: Tensor4D,
  size: [number, number],
  strides: [number, number],
  pad: 'same' | 'valid',
) => Tensor;
type Pool3D = (tf: Tf, x: Tensor5D) => Tensor;

const POOLS: readonly (readonly [string, Pool])[] = [
  ['MaxPool', (tf, x, size, strides, pad) => tf.maxPool(x, size, strides, pad)],
  ['AvgPool', (tf, x, size, strides, pad) => tf.avgPool(x, size, strides, pad)],
];

const POOLS_3D: readonly (readonly [string, Pool3D])[] = [
  ['MaxPool3D', (tf, x) => tf.maxPool3d(x, 2, [1, 2, 1], 'same')],
  ['AvgPool3D', (tf, x) => tf.avgPool3d(x, [2, 3, 2], 1, 'valid')],
];

// Captured, a division by what is constant becomes a product.
export const poolCases: readonly KernelCase[] = [
  ...POOLS.flatMap(([kernel, run]) => [
    kernelCase(kernel, [image], (tf, x: Tensor4D) => run(tf, x, [2, 3], [2, 1], 'same')),
    kernelCase(kernel, [image], (tf, x: Tensor4D) => run(tf, x, [3, 3], [2, 2], 'valid'), {
      note: 'with no padding',
    }),
  ]),
  ...POOLS_3D.map(([kernel, run]) => kernelCase(kernel, [volume], run)),
  direct(
    'MaxPoolGrad',
    { dy: real([2, 3, 4, 3], 3), input: image, output: maxPooled },
    { filterSize: [2, 2], strides: [2, 2], pad: 'same' },
  ),
  kernelCase('MaxPool', [image], (tf, x: Tensor4D) => tf.maxPool(x, 3, 1, 1, 'floor'), {
    note: 'with numbers',
  }),
  kernelCase('AvgPool', [image], (tf, x: Tensor4D) => tf.avgPool(x, 3, 2, sides, 'floor'), {
    note: 'with numbers',
    captureTolerance: 1e-6,
  }),
  kernelCase('MaxPool3D', [volume], (tf, x: Tensor5D) => tf.maxPool3d(x, 2, 2, 1, 'floor'), {
    note: 'with numbers',
  }),
  kernelCase('AvgPool3D', [volume], (tf, x: Tensor5D) => tf.avgPool3d(x, 2, 2, 1, 'floor'), {
    note: 'with numbers',
    captureTolerance: 1e-6,
  }),
  direct(
    'MaxPoolGrad',
    {
      ...{ dy: real([2, 6, 7, 3], 3), input: image },
      output: (tf) => tf.maxPool(image(tf) as Tensor4D, 3, 1, 1, 'floor'),
    },
    { filterSize: [3, 3], strides: [1, 1], pad: 1, dimRoundingMode: 'floor' },
    { note: 'with numbers' },
  ),
  direct(
    'AvgPoolGrad',
    { dy: real([2, 3, 3, 3], 3), input: image },
    { filterSize: [2, 2], strides: [2, 2], pad: 'valid' },
  ),
  direct(
    'AvgPoolGrad',
    { dy: real([2, 3, 4, 3], 3), input: image },
    { filterSize: [2, 2], strides: [2, 2], pad: 'same' },
    // The CPU backend divides by the size of the window also where the window is cut.
    { note: 'of windows that are cut', expected: [result(averagedBack(), [2, 6, 7, 3])] },
  ),
  direct(
    'MaxPool3DGrad',
    { dy: real([1, 2, 3, 2, 2], 3), input: volume, output: maxPooled3d },
    { filterSize: [2, 2, 2], strides: [2, 2, 2], pad: 'same' },
  ),
  direct(
    'AvgPool3DGrad',
    { dy: real([1, 2, 2, 2, 2], 3), input: volume },
    { filterSize: [2, 2, 2], strides: [2, 2, 2], pad: 'valid' },
  ),
];

/** The gradient of a 2 x 2 average of a 6 x 7 image, of which the last column stands alone. */
function averagedBack(): number[] {
  const dy = wave(2 * 3 * 4 * 3, 3);
  return Array.from({ length: 2 * 6 * 7 * 3 }, (_, index) => {
    const channel = index % 3;
    const column = Math.floor(index / 3) % 7;
    const row = Math.floor(index / 21) % 6;
    const picture = Math.floor(index / 126);
    const from = ((picture * 3 + Math.floor(row / 2)) * 4 + Math.floor(column / 2)) * 3 + channel;
    return (dy[from] ?? 0) / (column === 6 ? 2 : 4);
  });
}

function maxPooled(tf: Tf): Tensor {
  return tf.maxPool(image(tf) as Tensor4D, 2, 2, 'same');
}

function maxPooled3d(tf: Tf): Tensor {
  return tf.maxPool3d(volume(tf) as Tensor5D, 2, 2, 'same');
}
