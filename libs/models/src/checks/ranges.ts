// Which values an activation can give.

import type { Activation } from '../activations/index.js';

/** Probabilities of classes, which add up to 1. */
export const DISTRIBUTIONS: ReadonlySet<Activation> = new Set(['softmax', 'sparsemax']);

/** Values in [0, 1], each for itself. */
export const PROBABILITIES: ReadonlySet<Activation> = new Set(['sigmoid', 'hard_sigmoid', 'sparse_sigmoid']);

/** Least and greatest value; for Keras 3's functions. What is not in here has no bounds. */
const RANGES: Partial<Record<Activation, readonly [least: number, greatest: number]>> = {
  softmax: [0, 1],
  sparsemax: [0, 1],
  sigmoid: [0, 1],
  hard_sigmoid: [0, 1],
  sparse_sigmoid: [0, 1],
  tanh: [-1, 1],
  hard_tanh: [-1, 1],
  softsign: [-1, 1],
  relu: [0, Infinity],
  relu6: [0, 6],
  softplus: [0, Infinity],
  sparse_plus: [0, Infinity],
  squareplus: [0, Infinity],
  exponential: [0, Infinity],
  log_sigmoid: [-Infinity, 0],
  log_softmax: [-Infinity, 0],
  elu: [-1, Infinity],
  celu: [-1, Infinity],
};

export const rangeOf = (activation: Activation): readonly [least: number, greatest: number] =>
  RANGES[activation] ?? [-Infinity, Infinity];

/** Whether an activation's values have a bound on either side. */
export const isBounded = (activation: Activation): boolean => rangeOf(activation).some(Number.isFinite);

/** The values of an activation as people write them. */
export function showRange(activation: Activation): string {
  const [least, greatest] = rangeOf(activation);
  if (greatest === Infinity) return `at least ${least}`;
  if (least === -Infinity) return `at most ${greatest}`;
  return `between ${least} and ${greatest}`;
}
