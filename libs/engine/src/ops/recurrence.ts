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
  /** Made of plain ops, step by step, which XLA can compile; otherwise TensorFlow's op for whole sequences. */
  readonly unrolled?: boolean;
}

export type LstmResult = {
  /** The hidden state after every step [batch, steps, units]. */
  readonly sequence: Tensor3D;
  /** The state after the last step. */
  readonly state: LstmState;
};

/** A recurrence over x [steps, batch, features]: hidden states [steps, batch, units], and the last state. */
export type Recurrence = (
  x: Tensor,
  weights: LstmWeights,
  state: LstmState,
) => { readonly hidden: Tensor; readonly state: LstmState };
