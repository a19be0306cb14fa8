// How gradients are checked: against central differences of a float64 reference, and against the gradient of tfjs.

import { expect } from '@jest/globals';
import type { GradConfig, Tensor } from '@tensorflow/tfjs';
import type { Engine } from '../../engine.js';
import { wave } from '../../testing.js';
import { elementCount } from '../../native/dataTypes.js';

export type Values = readonly number[];

export interface Input {
  readonly shape: readonly number[];
  /** A wave of float32 values by default. */
  readonly values?: Values;
  /** Has no gradient. */
  readonly fixed?: boolean;
  readonly dtype?: 'int32';
}

export interface GradientCase {
  readonly name: string;
  /** The registered ops that the case is for. */
  readonly covers: readonly string[];
  readonly inputs: readonly Input[];
  readonly op: (engine: Engine, ...inputs: Tensor[]) => Tensor;
  /** The same in plain float64 arithmetic. */
  readonly reference: (...inputs: Values[]) => number[];
  /** The same in tfjs's ops with tfjs's gradients, where it has them. */
  readonly composed?: (engine: Engine, ...inputs: Tensor[]) => Tensor;
  /** Why it cannot be captured. */
  readonly onlyEager?: string;
}

/** Step of central differences; its error in float64 is about 1e-10 relative. */
const STEP = 1e-5;
/** What float32 kernels may differ from float64 by, relative to the largest element. */
const TOLERANCE = 2e-5;

/** Input values as float32 holds them. */
export const valuesOf = ({ shape, values }: Input, index: number): number[] =>
  Array.from(Float32Array.from(values ?? wave(elementCount(shape), index + 1)));

/** The gradient of Σ weights·f(x) by one input, by central differences. */
function differences(
  { reference }: GradientCase,
  inputs: readonly Values[],
  at: number,
  weights: Values,
): number[] {
  const projected = (x: Values): number => {
    const output = reference(...inputs.map((input, index) => (index === at ? x : input)));
    return output.reduce((sum, value, index) => sum + value * (weights[index] ?? Number.NaN), 0);
  };
  const moved = (index: number, by: number): number =>
    projected((inputs[at] ?? []).map((value, i) => (i === index ? value + by : value)));
  return (inputs[at] ?? []).map((_, index) => (moved(index, STEP) - moved(index, -STEP)) / (2 * STEP));
}

/** Sums of terms of about 1 that cancel are zero but for this times the tolerance. */
const LEAST_SCALE = 0.05;

/** Expects two lists of numbers to be the same but for float32 rounding. */
export function expectClose(found: ArrayLike<number>, wanted: Values, what: string): void {
  const scale = Math.max(...wanted.map(Math.abs), LEAST_SCALE);
  const worst = wanted.reduce(
    (most, value, i) => Math.max(most, Math.abs((found[i] ?? Number.NaN) - value)),
    0,
  );
  if (found.length === wanted.length && worst <= TOLERANCE * scale) return;
  expect({ what, worst, values: Array.from(found) }).toEqual({ what, worst: 0, values: wanted });
}

/** Value and gradients of an op, op by op or captured; the gradients are those of a weighted sum of its elements. */
export function gradientsOf(
  engine: Engine,
  op: GradientCase['op'],
  inputs: readonly Input[],
  captured = false,
): { value: number[]; gradients: number[][] } {
  const { tf } = engine;
  const step = (...tensors: Tensor[]): Tensor[] => {
    const free = tensors.filter((_, index) => !inputs[index]?.fixed);
    const f = (...given: Tensor[]): Tensor => {
      const left = [...given];
      return op(
        engine,
        ...tensors.map((tensor, i) => (inputs[i]?.fixed ? tensor : (left.shift() ?? tensor))),
      );
    };
    const { shape } = f(...free);
    const weights = tf.tensor(wave(elementCount(shape), 9), shape);
    const { value, grads } = tf.valueAndGrads(f)(free, weights);
    return [value, ...grads];
  };
  return tf.tidy(() => {
    const tensors = inputs.map((input, index) =>
      tf.tensor(valuesOf(input, index), [...input.shape], input.dtype ?? 'float32'),
    );
    const call = captured ? engine.capture(step) : null;
    const [value = [], ...gradients] = (call ? call.run(...tensors) : step(...tensors)).map((result) =>
      Array.from(result.dataSync()),
    );
    call?.dispose();
    return { value, gradients };
  });
}

/** Checks a case: its values, its gradients by central differences, captured, and those of tfjs. */
export function checkCase(engine: Engine, test: GradientCase): void {
  const inputs = test.inputs.map(valuesOf);
  const first = gradientsOf(engine, test.op, test.inputs);
  const { value, gradients } = first;
  expectClose(value, test.reference(...inputs), 'values');
  const weights = Array.from(Float32Array.from(wave(value.length, 9)));
  const free = test.inputs.flatMap(({ fixed }, index) => (fixed ? [] : [index]));
  expect(gradients).toHaveLength(free.length);
  free.forEach((at, index) => {
    expectClose(gradients[index] ?? [], differences(test, inputs, at, weights), `gradient of input ${at}`);
  });
  const compare = (other: typeof first, what: string): void => {
    expectClose(other.value, first.value, `values ${what}`);
    first.gradients.forEach((gradient, index) => {
      expectClose(other.gradients[index] ?? [], gradient, `gradient ${what} of input ${free[index] ?? -1}`);
    });
  };
  if (test.onlyEager === undefined) compare(gradientsOf(engine, test.op, test.inputs, true), 'when captured');
  if (test.composed) compare(gradientsOf(engine, test.composed, test.inputs), 'composed in tfjs');
  for (const original of engine.replacedGradients.filter(({ kernelName }) =>
    test.covers.includes(kernelName),
  ))
    withGradient(engine, original, () => {
      compare(gradientsOf(engine, test.op, test.inputs), 'as tfjs has it');
    });
}

/** Runs `body` while tfjs has another gradient of an op. */
function withGradient({ tf }: Engine, gradient: GradConfig, body: () => void): void {
  const ours = tf.getGradient(gradient.kernelName);
  const put = (config: GradConfig): void => {
    tf.unregisterGradient(config.kernelName);
    tf.registerGradient(config);
  };
  put(gradient);
  try {
    body();
  } finally {
    put(ours);
  }
}
