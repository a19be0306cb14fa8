// What a test of a kernel is: inputs, what to do with them, and which kernels that must reach.

import type { DataType, NamedAttrMap, Tensor } from '@tensorflow/tfjs';
import type { EngineErrorCode } from '../../errors.js';
import { elementCount } from '../../native/dataTypes.js';
import { wave } from '../../testing.js';
import type { Tf } from '../tfjs.js';

/** Makes an input on whichever backend is chosen. */
export type Input = (tf: Tf) => Tensor;

export interface KernelCase {
  readonly name: string;
  /** The kernels that it is a case for. */
  readonly kernels: readonly string[];
  readonly inputs: readonly Input[];
  // A method, so that a case may ask for tensors of a rank.
  run(tf: Tf, ...inputs: Tensor[]): Tensor | Tensor[];
  /** Largest difference from the expected number n, as a part of 1 + |n|. */
  readonly tolerance: number;
  /** The values of the outputs; by default what the CPU backend computes in this place. */
  readonly expected?: readonly Result[];
  /**
   * Largest difference of a captured run from an eager one. Zero, except where the graph's optimizer or oneDNN runs
   * another kernel.
   */
  readonly captureTolerance: number;
  /** The error of a capture, where it cannot be captured. */
  readonly captureError?: EngineErrorCode;
}

/** What a kernel gives; complex numbers as pairs. */
export interface Result {
  readonly shape: readonly number[];
  readonly dtype: DataType;
  readonly values: readonly (number | string)[];
}

/** A result that a case states by itself. */
export const result = (
  values: Result['values'],
  shape: readonly number[] = [values.length],
  dtype: DataType = typeof values[0] === 'string' ? 'string' : 'float32',
): Result => ({ values, shape, dtype });

type Options = Partial<Pick<KernelCase, 'tolerance' | 'expected' | 'captureTolerance' | 'captureError'>>;

/** One case; its first kernel names it. */
export function kernelCase(
  kernels: string | readonly string[],
  inputs: readonly Input[],
  run: KernelCase['run'],
  { note = '', tolerance = 1e-5, captureTolerance = 0, ...rest }: Options & { readonly note?: string } = {},
): KernelCase {
  const names = typeof kernels === 'string' ? [kernels] : kernels;
  return {
    name: `${names[0] ?? ''} ${note}`.trim(),
    kernels: names,
    inputs,
    run,
    tolerance,
    captureTolerance,
    ...rest,
  };
}

/** A case that calls a kernel by its name, for those that only gradients use. */
export function direct(
  kernel: string,
  inputs: Readonly<Record<string, Input>>,
  attributes: NamedAttrMap,
  options: Options & { readonly note?: string } = {},
): KernelCase {
  const names = Object.keys(inputs);
  const run = (tf: Tf, ...tensors: Tensor[]): Tensor | Tensor[] => {
    const named = Object.fromEntries(tensors.map((tensor, index) => [names[index] ?? '', tensor]));
    return tf.engine().runKernel(kernel, named, attributes);
  };
  return kernelCase(kernel, Object.values(inputs), run, options);
}

/** The numbers of `complex`, as pairs of real and imaginary part in float64. */
export const complexNumbers = (count: number, phase = 1): [re: number, im: number][] => {
  const imaginary = wave(count, phase + 1);
  return wave(count, phase).map((re, index) => [re, imaginary[index] ?? 0]);
};

/** Numbers in about [-1.1, 1.1]. */
export const real =
  (shape: number[], phase = 1): Input =>
  (tf) =>
    tf.tensor(wave(elementCount(shape), phase), shape);

/** Numbers in about [0.1, 1.2]. */
export const positive =
  (shape: number[], phase = 1): Input =>
  (tf) =>
    tf.tensor(
      wave(elementCount(shape), phase).map((value) => Math.abs(value) + 0.1),
      shape,
    );

export const floats =
  (values: number[], shape: number[] = [values.length]): Input =>
  (tf) =>
    tf.tensor(values, shape);

export const ints =
  (values: number[], shape: number[] = [values.length]): Input =>
  (tf) =>
    tf.tensor(values, shape, 'int32');

export const bools =
  (values: number[], shape: number[] = [values.length]): Input =>
  (tf) =>
    tf.tensor(values, shape, 'bool');

export const strings =
  (values: string[], shape: number[] = [values.length]): Input =>
  (tf) =>
    tf.tensor(values, shape, 'string');

export const complex =
  (shape: number[], phase = 1): Input =>
  (tf) =>
    tf.complex(real(shape, phase)(tf), real(shape, phase + 1)(tf));

/** No elements. */
export const empty =
  (shape: number[], dtype: DataType = 'float32'): Input =>
  (tf) =>
    tf.tensor([], shape, dtype);
