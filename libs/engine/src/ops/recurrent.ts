// Recurrent layers over whole sequences, batch first as Keras has them.

import type { Rank, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import { plainGru } from './gru.js';
import { fusedLstm } from './lstm.js';
import { plainLstm } from './lstmPlain.js';
import type { GruResult, GruWeights, LstmOptions, LstmResult, LstmWeights } from './recurrence.js';

const TIME_FIRST = [1, 0, 2];
/** Longest sequence that is unrolled for XLA, which has no kernel of the fused op, and whose compilation takes minutes for 100. */
const UNROLLED_STEPS = 32;

export function recurrentOps(runtime: Runtime) {
  const { tf } = runtime;
  const fused = fusedLstm(runtime);
  const plain = plainLstm(runtime);
  const gru = plainGru(runtime);
  return {
    /**
     * LSTM (Hochreiter and Schmidhuber, 1997; Keras `LSTM` with tanh and sigmoid) over x [batch, steps, features]. Both
     * forms give the same results but for rounding, and the same gradients.
     */
    lstm: (x: Tensor3D, weights: LstmWeights, options: LstmOptions = {}): LstmResult =>
      tf.tidy((): LstmResult => {
        const zeros = (): Tensor2D => tf.fill([x.shape[0], weights.bias.size / 4], 0);
        const start = options.state ?? { hidden: zeros(), cell: zeros() };
        const unrolled =
          runtime.isFloat64 || (options.unrolled ?? (runtime.isForXla && x.shape[1] <= UNROLLED_STEPS));
        const recurrence = unrolled ? plain : fused;
        const { hidden, cells, state } = recurrence(x.transpose(TIME_FIRST), weights, start);
        return { sequence: hidden.transpose(TIME_FIRST), cells: cells.transpose(TIME_FIRST), state };
      }),

    /** GRU (Cho et al., EMNLP 2014; Keras `GRU` with tanh and sigmoid) over x [batch, steps, features]. */
    gru: (x: Tensor3D, weights: GruWeights, options: { readonly state?: Tensor2D } = {}): GruResult =>
      tf.tidy((): GruResult => {
        const [units] = weights.recurrentKernel.shape;
        const start = options.state ?? tf.fill<Rank.R2>([x.shape[0], units], 0);
        const { hidden, last } = gru(x.transpose(TIME_FIRST), weights, start);
        return { sequence: hidden.transpose(TIME_FIRST), state: last };
      }),
  };
}
