// Kernels of one input, element by element.

import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tfjs.js';
import {
  bools,
  complex,
  empty,
  floats,
  ints,
  kernelCase,
  positive,
  real,
  type Input,
  type KernelCase,
} from './case.js';

const everywhere = real([2, 7]);
const above = positive([2, 7]);
const fromOne: Input = (tf) => positive([2, 7])(tf).add(1);
const special = floats([Number.NaN, Infinity, -Infinity, 0, -0.5, 2]);
const integers = ints([-7, -1, 0, 1, 2, 9], [2, 3]);

type Unary = (tf: Tf, x: Tensor) => Tensor;

/** Kernel, op, input. Each is run on an empty tensor as well. */
const TABLE: readonly (readonly [string, Unary, Input])[] = [
  ['Abs', (tf, x) => tf.abs(x), everywhere],
  ['Acos', (tf, x) => tf.acos(x), floats([-1, -0.5, 0, 0.3, 1])],
  ['Acosh', (tf, x) => tf.acosh(x), fromOne],
  ['Asin', (tf, x) => tf.asin(x), floats([-1, -0.5, 0, 0.3, 1])],
  ['Asinh', (tf, x) => tf.asinh(x), everywhere],
  ['Atan', (tf, x) => tf.atan(x), everywhere],
  ['Atanh', (tf, x) => tf.atanh(x), floats([-0.9, -0.5, 0, 0.3, 0.99])],
  ['Ceil', (tf, x) => tf.ceil(x), everywhere],
  ['Cos', (tf, x) => tf.cos(x), everywhere],
  ['Cosh', (tf, x) => tf.cosh(x), everywhere],
  ['Elu', (tf, x) => tf.elu(x), everywhere],
  ['Erf', (tf, x) => tf.erf(x), everywhere],
  ['Exp', (tf, x) => tf.exp(x), everywhere],
  ['Expm1', (tf, x) => tf.expm1(x), everywhere],
  ['Floor', (tf, x) => tf.floor(x), everywhere],
  ['IsFinite', (tf, x) => tf.isFinite(x), special],
  ['IsInf', (tf, x) => tf.isInf(x), special],
  ['IsNan', (tf, x) => tf.isNaN(x), special],
  ['LeakyRelu', (tf, x) => tf.leakyRelu(x, 0.3), everywhere],
  ['Log', (tf, x) => tf.log(x), above],
  ['Log1p', (tf, x) => tf.log1p(x), above],
  ['Neg', (tf, x) => tf.neg(x), everywhere],
  ['OnesLike', (tf, x) => tf.onesLike(x), everywhere],
  ['Reciprocal', (tf, x) => tf.reciprocal(x), above],
  ['Relu', (tf, x) => tf.relu(x), everywhere],
  ['Relu6', (tf, x) => tf.relu6(x.mul(20)), everywhere],
  ['Round', (tf, x) => tf.round(x), floats([-1.5, -0.5, 0.5, 1.5, 2.5, 2.6])],
  ['Rsqrt', (tf, x) => tf.rsqrt(x), above],
  ['Selu', (tf, x) => tf.selu(x), everywhere],
  ['Sigmoid', (tf, x) => tf.sigmoid(x), everywhere],
  ['Sign', (tf, x) => tf.sign(x), floats([-3, -0, 0, 2])],
  ['Sin', (tf, x) => tf.sin(x), everywhere],
  ['Sinh', (tf, x) => tf.sinh(x), everywhere],
  ['Softplus', (tf, x) => tf.softplus(x), everywhere],
  ['Sqrt', (tf, x) => tf.sqrt(x), above],
  ['Square', (tf, x) => tf.square(x), everywhere],
  ['Step', (tf, x) => tf.step(x, 0.25), floats([-2, -0.1, 0, 0.1, 7])],
  ['Tan', (tf, x) => tf.tan(x), everywhere],
  ['Tanh', (tf, x) => tf.tanh(x), everywhere],
  ['ZerosLike', (tf, x) => tf.zerosLike(x), everywhere],
  ['ClipByValue', (tf, x) => tf.clipByValue(x, -0.4, 0.5), everywhere],
  ['Identity', (tf, x) => tf.clone(x), everywhere],
];

const INTEGER: readonly (readonly [string, Unary])[] = [
  ['Abs', (tf, x) => tf.abs(x)],
  ['Exp', (tf, x) => tf.exp(x)],
  ['Neg', (tf, x) => tf.neg(x)],
  ['Relu', (tf, x) => tf.relu(x)],
  ['Relu6', (tf, x) => tf.relu6(x)],
  ['Sign', (tf, x) => tf.sign(x)],
  ['Square', (tf, x) => tf.square(x)],
  ['Step', (tf, x) => tf.step(x)],
  ['IsNan', (tf, x) => tf.isNaN(x)],
  ['IsInf', (tf, x) => tf.isInf(x)],
  ['IsFinite', (tf, x) => tf.isFinite(x)],
  ['ClipByValue', (tf, x) => tf.clipByValue(x, -2, 3)],
  ['OnesLike', (tf, x) => tf.onesLike(x)],
  ['ZerosLike', (tf, x) => tf.zerosLike(x)],
];

export const unaryCases: readonly KernelCase[] = [
  ...TABLE.map(([kernel, run, input]) => kernelCase(kernel, [input], run)),
  ...TABLE.map(([kernel, run]) => kernelCase(kernel, [empty([2, 0])], run, { note: 'of no elements' })),
  ...INTEGER.map(([kernel, run]) => kernelCase(kernel, [integers], run, { note: 'of integers' })),
  kernelCase('Step', [special], (tf, x) => tf.step(x), { note: 'of special values' }),
  kernelCase('Cast', [floats([-1.7, -0.2, 0, 0.9, 3.5])], (tf, x) => tf.cast(x, 'int32'), {
    note: 'to int32',
  }),
  kernelCase('Cast', [floats([-1.7, 0, 3.5])], (tf, x) => tf.cast(x, 'bool'), { note: 'to bool' }),
  kernelCase('Cast', [bools([1, 0, 1])], (tf, x) => tf.cast(x, 'float32'), { note: 'from bool' }),
  kernelCase('Cast', [integers], (tf, x) => tf.cast(x, 'complex64'), { note: 'to complex64' }),
  kernelCase('LogicalNot', [bools([1, 0, 0, 1], [2, 2])], (tf, x) => tf.logicalNot(x)),
  kernelCase('OnesLike', [bools([1, 0])], (tf, x) => tf.onesLike(x), { note: 'of booleans' }),
  kernelCase('ZerosLike', [complex([3])], (tf, x) => tf.zerosLike(x), { note: 'of complex numbers' }),
  kernelCase('Complex', [real([2, 3]), real([2, 3], 2)], (tf, re, im) => tf.complex(re, im)),
  kernelCase('Real', [complex([2, 3])], (tf, z) => tf.real(z)),
  kernelCase('Imag', [complex([2, 3])], (tf, z) => tf.imag(z)),
  kernelCase('ComplexAbs', [complex([2, 3])], (tf, z) => tf.abs(z)),
  kernelCase('FFT', [complex([2, 8])], (tf, z) => tf.fft(z)),
  kernelCase('FFT', [complex([2, 5])], (tf, z) => tf.fft(z), { note: 'of a length that is no power of two' }),
  kernelCase('IFFT', [complex([2, 8])], (tf, z) => tf.ifft(z)),
  kernelCase('FFT', [real([2, 8])], (tf, x) => tf.spectral.rfft(x), { note: 'of real numbers' }),
  kernelCase(['IFFT'], [complex([2, 5])], (tf, z) => tf.spectral.irfft(z), { note: 'to real numbers' }),
];
