// What all losses have in common.

import type { Engine, Tensor } from '@gradstream/engine';

/** Keras's fuzz factor: probabilities are kept this far from 0 and 1. */
export const EPSILON = 1e-7;

/** What a loss is before weights and reduction: a value of each sample, or position, and which of them count at all. */
export interface Values {
  readonly values: Tensor;
  /** Of the shape of the values, bool or 0 and 1; absent when all count. */
  readonly valid?: Tensor;
}

/** Computes a loss; the output is float32, and a target of class indexes is int32. */
export type Form = (target: Tensor, output: Tensor) => Values;

/** Makes the form of a loss from its settings. */
export type Family<Settings> = (gs: Engine, settings: Settings) => Form;
