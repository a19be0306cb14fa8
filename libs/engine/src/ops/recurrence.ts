// What the forms of a recurrence have in common.

import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs';

export interface LstmWeights {
  /** [features, 4·units]; the gates are input, forget, cell, output, as in Keras. */
  readonly kernel: Tensor2D;
  /** [units, 4·units]. */
  readonly recurrentKernel: Tensor2D;
  /** [4·units]. */
  readonly bias: Tensor1D;
}

/** State of an LSTM, each [batch, units]. */
// A type, not an interface: tfjs's tidy takes containers of tensors only if they are types.
export type LstmState = {
  readonly hidden: Tensor2D;
  readonly cell: Tensor2D;
};

export interface LstmOptions {
  /** Zeros by default. */
  readonly state?: LstmState;
  /**
   * Made of plain ops, step by step, which XLA can compile; otherwise TensorFlow's op for whole sequences. By default for
   * short sequences in a step that is captured for XLA; always in float64.
   */
  readonly unrolled?: boolean;
}

export type LstmResult = {
  /** The hidden state after every step [batch, steps, units]. */
  readonly sequence: Tensor3D;
  /** The cell state after every step [batch, steps, units]. */
  readonly cells: Tensor3D;
  /** The state after the last step. */
  readonly state: LstmState;
};

export interface GruWeights {
  /** [features, 3·units]; the gates are update, reset, candidate, as in Keras. */
  readonly kernel: Tensor2D;
  /** [units, 3·units]. */
  readonly recurrentKernel: Tensor2D;
  /**
   * [2, 3·units], of the inputs and of the state, where the reset gate comes after the product (Keras
   * `reset_after=True`); [3·units] where it comes before.
   */
  readonly bias: Tensor1D | Tensor2D;
}

export type GruResult = {
  /** The state after every step [batch, steps, units]. */
  readonly sequence: Tensor3D;
  /** The state after the last step [batch, units]. */
  readonly state: Tensor2D;
};

/** A recurrence over x [steps, batch, features]: hidden and cell states [steps, batch, units], and the last state. */
export type Recurrence = (
  x: Tensor,
  weights: LstmWeights,
  state: LstmState,
) => { readonly hidden: Tensor; readonly cells: Tensor; readonly state: LstmState };
