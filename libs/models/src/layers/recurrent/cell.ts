// What one step of a recurrent layer computes; recurrentLayer.ts runs it over a sequence.

import type { Tensor } from '@gradstream/engine';
import type { LayerContext, Shape, WeightSpec } from '../layer.js';

/** A step: the states before it to those after it. The first state is the output. */
export type Step = (index: number, states: readonly Tensor[]) => readonly Tensor[];

/** Sequences and states of a whole layer at once. */
export interface WholeResult {
  /** [batch, steps, ...state]. */
  readonly sequence: Tensor;
  readonly states: readonly Tensor[];
}

export interface CellCall {
  readonly context: LayerContext;
  /** [batch, steps, ...input], in the order in which the steps run. */
  readonly x: Tensor;
  /** Dropout of the state that goes into each step; null for none. */
  readonly dropState: ((state: Tensor) => Tensor) | null;
}

export interface Cell {
  /** Shapes of the states without the batch axis; that of the output is the first. */
  readonly states: readonly Shape[];
  readonly weights: readonly WeightSpec[];
  /** Of one step of one sample. */
  readonly flops: number;
  /** Values of one step of one sample that the backward pass needs. */
  readonly kept: number;
  /** Makes the step of a call; what all steps share, such as the product with the inputs, is computed here, once. */
  readonly prepare: (call: CellCall) => Step;
  /** The whole recurrence in one op, where TensorFlow has it for the cell's settings. */
  readonly whole?: (call: CellCall, states: readonly Tensor[]) => WholeResult;
}
