// Kernels that combine elements along axes.

import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import type { Tf } from '../tfjs.js';
import {
  bools,
  complex,
  complexNumbers,
  direct,
  empty,
  floats,
  ints,
  kernelCase,
  positive,
  real,
  result,
  type KernelCase,
} from './case.js';

type Reduction = (tf: Tf, x: Tensor, axis?: number | number[], keepDims?: boolean) => Tensor;

const TABLE: readonly (readonly [string, Reduction])[] = [
  ['Sum', (tf, x, axis, keep) => tf.sum(x, axis, keep)],
  ['Mean', (tf, x, axis, keep) => tf.mean(x, axis, keep)],
  ['Max', (tf, x, axis, keep) => tf.max(x, axis, keep)],
  ['Min', (tf, x, axis, keep) => tf.min(x, axis, keep)],
  ['Prod', (tf, x, axis, keep) => tf.prod(x, axis, keep)],
];

const whole = ints([4, -2, 3, 5, 1, -6], [2, 3]);
const flags = bools([1, 0, 1, 1, 1, 1], [2, 3]);

export const reductionCases: readonly KernelCase[] = [
  ...TABLE.flatMap(([kernel, run]) => [
    kernelCase(kernel, [real([2, 3, 4])], (tf, x) => run(tf, x), { note: 'of all' }),
    kernelCase(kernel, [real([2, 3, 4])], (tf, x) => run(tf, x, 1), { note: 'of one axis' }),
    kernelCase(kernel, [real([2, 3, 4])], (tf, x) => run(tf, x, [0, -1], true), { note: 'that keeps axes' }),
    kernelCase(kernel, [whole], (tf, x) => run(tf, x, 0), { note: 'of integers' }),
  ]),
  kernelCase('Sum', [flags], (tf, x) => tf.sum(x, 1), { note: 'of booleans' }),
  kernelCase('Mean', [flags], (tf, x) => tf.mean(x, 1), { note: 'of booleans' }),
  kernelCase('Sum', [empty([0, 3])], (tf, x) => tf.sum(x, 0), { note: 'of no rows' }),
  kernelCase('Prod', [empty([0, 3])], (tf, x) => tf.prod(x, 0), {
    note: 'of no rows',
    expected: [result([1, 1, 1])],
  }),
  kernelCase('Mean', [empty([0, 3])], (tf, x) => tf.mean(x, 0), {
    note: 'of no rows',
    expected: [result([Number.NaN, Number.NaN, Number.NaN])],
  }),
  kernelCase('Max', [empty([0, 3])], (tf, x) => tf.max(x, 0), {
    note: 'of no rows',
    expected: [result([-Infinity, -Infinity, -Infinity])],
  }),
  kernelCase('Sum', [complex([2, 3])], (tf, z) => tf.engine().runKernel('Sum', { x: z }, { axis: [1] }), {
    note: 'of complex numbers',
    expected: [result(complexSums(), [2], 'complex64')],
  }),
  kernelCase('All', [flags], (tf, x) => tf.all(x, 1)),
  kernelCase('All', [flags], (tf, x) => tf.all(x), { note: 'of all' }),
  kernelCase('Any', [flags], (tf, x) => tf.any(x, 0, true)),
  kernelCase('Any', [empty([0, 3], 'bool')], (tf, x) => tf.any(x, 0), { note: 'of no rows' }),
  kernelCase('ArgMax', [real([2, 5])], (tf, x) => tf.argMax(x, 1)),
  kernelCase('ArgMax', [whole], (tf, x) => tf.argMax(x, 0), { note: 'of integers' }),
  kernelCase('ArgMax', [flags], (tf, x) => tf.argMax(x, 1), { note: 'of booleans' }),
  kernelCase('ArgMin', [real([2, 5])], (tf, x) => tf.argMin(x, 1)),
  kernelCase('ArgMin', [flags], (tf, x) => tf.argMin(x, 1), { note: 'of booleans' }),
  kernelCase('Cumsum', [real([2, 5])], (tf, x) => tf.cumsum(x, 1)),
  kernelCase('Cumsum', [whole], (tf, x) => tf.cumsum(x, 0, true, true), { note: 'exclusive, in reverse' }),
  kernelCase('Cumprod', [real([2, 5])], (tf, x) => tf.cumprod(x, 1)),
  kernelCase('Cumprod', [whole], (tf, x) => tf.cumprod(x, 1, true, true), { note: 'exclusive, in reverse' }),
  kernelCase('Softmax', [real([3, 4])], (tf, x) => tf.softmax(x), { captureTolerance: 1e-6 }),
  kernelCase('Softmax', [real([3, 4])], (tf, x) => tf.softmax(x.mul(1000)), { note: 'of large numbers' }),
  kernelCase('Max', [real([3, 4])], (tf, x) => tf.logSoftmax(x), { note: 'in the logarithm of softmax' }),
  kernelCase('Max', [real([3, 4])], (tf, x) => tf.logSumExp(x, 1), { note: 'in the logarithm of a sum' }),
  kernelCase('Bincount', [ints([0, 2, 2, 5, 1]), floats([])], (tf, x: Tensor1D, weights: Tensor1D) =>
    tf.bincount(x, weights, 4),
  ),
  kernelCase(
    'Bincount',
    [ints([0, 2, 2, 5, 1]), real([5])],
    (tf, x: Tensor1D, weights: Tensor1D) => tf.bincount(x, weights, 4),
    {
      note: 'with weights',
    },
  ),
  kernelCase('UnsortedSegmentSum', [real([4, 2]), ints([2, 0, 2, 1])], (tf, x, ids: Tensor1D) =>
    tf.unsortedSegmentSum(x, ids, 4),
  ),
  kernelCase(
    'UnsortedSegmentSum',
    [ints([1, 2, 3, 4], [4, 1]), ints([1, 0, 1, 1])],
    (tf, x, ids: Tensor1D) => tf.unsortedSegmentSum(x, ids, 2),
    // The CPU backend makes floats of them.
    { note: 'of integers', expected: [result([2, 8], [2, 1], 'int32')] },
  ),
  kernelCase('TopK', [real([2, 7])], (tf, x) => {
    const { values, indices } = tf.topk(x, 3);
    return [values, indices];
  }),
  kernelCase(
    'TopK',
    [ints([3, 9, 9, 1])],
    (tf, x) => {
      const { values, indices } = tf.topk(x, 2);
      return [values, indices];
    },
    { note: 'of integers with a tie' },
  ),
  kernelCase(
    'Unique',
    [ints([4, 1, 4, 2, 1])],
    (tf, x) => {
      const { values, indices } = tf.unique(x);
      return [values, indices];
    },
    { captureError: 'UNKNOWN_SHAPE' },
  ),
  kernelCase(
    'Unique',
    [real([3, 1])],
    (tf, x) => {
      const { values, indices } = tf.unique(x.mul([[1, 1]]), 1);
      return [values, indices];
    },
    { note: 'of columns', captureError: 'UNKNOWN_SHAPE' },
  ),
  kernelCase(
    'FusedBatchNorm',
    [real([2, 2, 3, 4]), real([4]), positive([4]), real([4], 3), real([4], 2)],
    (tf, x, mean, variance, offset, scale) =>
      tf.batchNorm(x, mean.as1D(), variance.as1D(), offset.as1D(), scale.as1D(), 0.01),
  ),
  kernelCase(
    'FusedBatchNorm',
    [real([5, 4]), real([4]), positive([4])],
    (tf, x, mean, variance) => tf.batchNorm(x, mean.as1D(), variance.as1D()),
    { note: 'of two axes, with no scale' },
  ),
  kernelCase(
    'FusedBatchNorm',
    [real([2, 4]), real([2, 4], 2), positive([2, 4])],
    (tf, x, mean, variance) => tf.batchNorm2d(x.as2D(2, 4), mean.as2D(2, 4), variance.as2D(2, 4)),
    { note: 'with a mean for each element' },
  ),
  kernelCase('LRN', [real([1, 2, 2, 6])], (tf, x) =>
    tf.localResponseNormalization(x.as4D(1, 2, 2, 6), 2, 1, 0.5, 0.75),
  ),
  direct(
    'LRNGrad',
    { x: real([1, 2, 2, 6]), y: positive([1, 2, 2, 6], 2), dy: real([1, 2, 2, 6], 3) },
    {
      depthRadius: 2,
      bias: 1,
      alpha: 0.5,
      beta: 0.75,
    },
  ),
];

/** Sums of the rows of `complex([2, 3])`. */
function complexSums(): number[] {
  const numbers = complexNumbers(6);
  return [numbers.slice(0, 3), numbers.slice(3)].flatMap((row) =>
    row.reduce(([re, im], [x, y]) => [re + x, im + y], [0, 0]),
  );
}
