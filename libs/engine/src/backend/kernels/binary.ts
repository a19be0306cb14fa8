// Kernels of several inputs, element by element with broadcasting.

import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tfjs.js';
import {
  bools,
  complex,
  complexNumbers,
  empty,
  floats,
  ints,
  kernelCase,
  positive,
  real,
  result,
  strings,
  type KernelCase,
} from './case.js';

type Binary = (tf: Tf, a: Tensor, b: Tensor) => Tensor;

const ARITHMETIC: readonly (readonly [string, Binary])[] = [
  ['Add', (tf, a, b) => tf.add(a, b)],
  ['Sub', (tf, a, b) => tf.sub(a, b)],
  ['Multiply', (tf, a, b) => tf.mul(a, b)],
  ['Maximum', (tf, a, b) => tf.maximum(a, b)],
  ['Minimum', (tf, a, b) => tf.minimum(a, b)],
  ['SquaredDifference', (tf, a, b) => tf.squaredDifference(a, b)],
  ['Mod', (tf, a, b) => tf.mod(a, b)],
];

const COMPARISON: readonly (readonly [string, Binary])[] = [
  ['Equal', (tf, a, b) => tf.equal(a, b)],
  ['NotEqual', (tf, a, b) => tf.notEqual(a, b)],
  ['Greater', (tf, a, b) => tf.greater(a, b)],
  ['GreaterEqual', (tf, a, b) => tf.greaterEqual(a, b)],
  ['Less', (tf, a, b) => tf.less(a, b)],
  ['LessEqual', (tf, a, b) => tf.lessEqual(a, b)],
];

const whole = ints([-7, -1, 5, 3, 2, 9], [2, 3]);
const divisors = ints([2, -3, 4]);

export const binaryCases: readonly KernelCase[] = [
  ...[...ARITHMETIC, ...COMPARISON].flatMap(([kernel, run]) => [
    kernelCase(kernel, [real([2, 3]), positive([3], 2)], run, { note: 'broadcast' }),
    kernelCase(kernel, [whole, divisors], run, { note: 'of integers' }),
    kernelCase(kernel, [whole, real([2, 1], 3)], run, { note: 'of integers and floats' }),
    kernelCase(kernel, [empty([0, 3]), real([3])], run, { note: 'of no elements' }),
  ]),
  ...ARITHMETIC.slice(0, 3).map(([kernel, run]) =>
    kernelCase(kernel, [complex([2, 3]), complex([2, 3], 4)], run, { note: 'of complex numbers' }),
  ),
  kernelCase('Equal', [strings(['a', 'bc', '']), strings(['a', 'b', ''])], (tf, a, b) => tf.equal(a, b), {
    note: 'of strings',
    expected: [result([1, 0, 1], [3], 'bool')],
  }),
  kernelCase('Equal', [bools([1, 0, 1]), bools([1, 1, 1])], (tf, a, b) => tf.equal(a, b), {
    note: 'of booleans',
  }),
  // The CPU backend makes integers of all quotients.
  kernelCase('FloorDiv', [floats([-7, 7, 2.5]), floats([2, -2, 0.5])], (tf, a, b) => tf.floorDiv(a, b), {
    expected: [result([-4, -4, 5])],
  }),
  kernelCase('FloorDiv', [whole, divisors], (tf, a, b) => tf.floorDiv(a, b), { note: 'of integers' }),
  kernelCase('FloorDiv', [whole, floats([2, -2, 0.5])], (tf, a, b) => tf.floorDiv(a, b), {
    note: 'of integers and floats',
    expected: [result([-4, 0, 10, 1, -1, 18], [2, 3])],
  }),
  kernelCase('RealDiv', [real([2, 3]), positive([3], 2)], (tf, a, b) => tf.div(a, b)),
  kernelCase('RealDiv', [whole, positive([3], 2)], (tf, a, b) => tf.div(a, b), {
    note: 'of integers and floats',
  }),
  kernelCase('FloorDiv', [whole, divisors], (tf, a, b) => tf.div(a, b), {
    note: 'as the quotient of integers',
  }),
  kernelCase('RealDiv', [complex([2, 3]), complex([3], 4)], (tf, a, b) => tf.div(a, b), {
    note: 'of complex numbers',
    expected: [result(quotients(), [2, 3], 'complex64')],
  }),
  kernelCase('RealDiv', [real([3]), floats([1, 0, 4])], (tf, a, b) => tf.divNoNan(a, b), {
    note: 'without NaN',
  }),
  kernelCase('Pow', [positive([2, 3]), real([3], 2)], (tf, a, b) => tf.pow(a, b)),
  kernelCase('Pow', [whole, ints([2, 3, 0])], (tf, a, b) => tf.pow(a, b), { note: 'of integers' }),
  kernelCase('Pow', [whole, floats([2, 3, 1])], (tf, a, b) => tf.pow(a, b), {
    note: 'of integers and floats',
  }),
  kernelCase('Atan2', [real([2, 3]), real([3], 2)], (tf, a, b) => tf.atan2(a, b)),
  kernelCase('LogicalAnd', [bools([1, 0, 1, 0]), bools([1, 1, 0, 0])], (tf, a, b) => tf.logicalAnd(a, b)),
  kernelCase('LogicalOr', [bools([1, 0, 1, 0]), bools([1, 1, 0, 0])], (tf, a, b) => tf.logicalOr(a, b)),
  kernelCase('LogicalAnd', [bools([1, 0, 1, 0]), bools([1, 1, 0, 0])], (tf, a, b) => tf.logicalXor(a, b), {
    note: 'in exclusive or',
  }),
  kernelCase('AddN', [real([2, 3]), real([2, 3], 2), real([2, 3], 3)], (tf, ...all) => tf.addN(all)),
  kernelCase('AddN', [whole, whole], (tf, ...all) => tf.addN(all), { note: 'of integers' }),
  kernelCase('Prelu', [real([2, 3]), positive([3])], (tf, x, alpha) => tf.prelu(x, alpha)),
  kernelCase('EluGrad', [real([2, 3]), real([2, 3], 2)], (tf, dy, y) =>
    tf.engine().runKernel('EluGrad', { dy, y }),
  ),
  kernelCase('Select', [bools([1, 0, 1]), real([3]), real([3], 2)], (tf, condition, a, b) =>
    tf.where(condition, a, b),
  ),
  kernelCase(
    'Select',
    [bools([1, 0]), real([2, 3]), real([2, 3], 2)],
    (tf, condition, a, b) => tf.where(condition.reshape([2, 1]), a, b),
    { note: 'broadcast' },
  ),
  kernelCase(
    'Select',
    [bools([1, 0, 1]), ints([1, 2, 3]), ints([4, 5, 6])],
    (tf, condition, a, b) => tf.where(condition, a, b),
    { note: 'of integers' },
  ),
  kernelCase('BroadcastArgs', [ints([2, 1, 3]), ints([4, 1])], (tf, a, b) => tf.broadcastArgs(a, b)),
];

/** The numbers of `complex([2, 3])` divided by those of `complex([3], 4)`. */
function quotients(): number[] {
  const divisors = complexNumbers(3, 4);
  return complexNumbers(6).flatMap(([re, im], index) => {
    const [x, y] = divisors[index % 3] ?? [0, 0];
    const size = x * x + y * y;
    return [(re * x + im * y) / size, (im * x - re * y) / size];
  });
}
