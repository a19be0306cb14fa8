// What one step of a recurrent layer computes; recurrentLayer.ts runs it over a sequence.

import type { Tensor } from '@gradstream/engine';
import type { LayerContext, Shape, WeightSpec } from '../layer.js';

/** A step: the states before it to those after it. The first state is the output. */
export type Step = (index: number, states: readonly Tensor[]) => readonly Tensor[];

/** What a run over a sequence gives. */
export interface Run {
  /** A state after every step [batch, steps, ...state], made when it is asked for; the first one is the output. */
  readonly sequence: (state: number) => Tensor;
  /** The states after the last step. */
  readonly last: readonly Tensor[];
}

export interface CellCall {
  readonly context: LayerContext;
  /** [batch, steps, ...input], in the order in which the steps run. */
  readonly x: Tensor;
  /** Factors [gates or 1, batch, ...] that drop inputs and states, the same at all steps; null for none. */
  readonly drops: { readonly input: Tensor | null; readonly state: Tensor | null };
}

export interface Cell {
  /** Shapes of the states without the batch axis; that of the output is the first. */
  readonly states: readonly Shape[];
  readonly weights: readonly WeightSpec[];
  /** How many of the products with inputs and states have a dropout of their own, and whether always (Keras ConvLSTM). */
  readonly gates: { readonly count: number; readonly always: boolean };
  /** Of one step of one sample. */
  readonly flops: number;
  /** Values of one step of one sample that the backward pass needs. */
  readonly kept: number;
  /** Makes the step of a call; what all steps share, such as the product with the inputs, is computed here, once. */
  readonly prepare: (call: CellCall) => Step;
  /** The whole recurrence in one op, where TensorFlow has it for the cell's settings; without any dropout. */
  readonly whole?: ((context: LayerContext, x: Tensor, states: readonly Tensor[]) => Run) | undefined;
  /** Whether that is one op for any number of steps. */
  readonly isFused: boolean;
}
