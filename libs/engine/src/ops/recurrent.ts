// Recurrent layers over whole sequences, batch first as Keras has them.

import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import { fusedLstm } from './lstm.js';
import { plainLstm } from './lstmPlain.js';
import type { LstmOptions, LstmResult, LstmWeights } from './recurrence.js';

const TIME_FIRST = [1, 0, 2];

export function recurrentOps(runtime: Runtime) {
  const { tf } = runtime;
  const fused = fusedLstm(runtime);
  const plain = plainLstm(runtime);
  return {
    /**
     * LSTM (Hochreiter and Schmidhuber, 1997; Keras `LSTM` with tanh and sigmoid) over x [batch, steps, features]. Both
     * forms give the same results but for rounding, and the same gradients.
     */
    lstm: (x: Tensor3D, weights: LstmWeights, options: LstmOptions = {}): LstmResult =>
      tf.tidy((): LstmResult => {
        const zeros = (): Tensor2D => tf.fill([x.shape[0], weights.bias.size / 4], 0);
        const start = options.state ?? { hidden: zeros(), cell: zeros() };
        const recurrence = options.unrolled ? plain : fused;
        const { hidden, state } = recurrence(x.transpose(TIME_FIRST), weights, start);
        return { sequence: hidden.transpose(TIME_FIRST), state };
      }),
  };
}
