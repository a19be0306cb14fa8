// GRU step by step in plain ops. TensorFlow's GRUBlockCell resets before the product only, and lacks the second bias.

import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import type { GruWeights } from './recurrence.js';

/** x [steps, batch, features]; hidden states [steps, batch, units], and the last of them. */
export function plainGru({ tf }: Runtime) {
  return (
    x: Tensor,
    { kernel, recurrentKernel, bias }: GruWeights,
    start: Tensor2D,
  ): { readonly hidden: Tensor; readonly last: Tensor2D } => {
    const [steps = 0, batch = 0, features = 1] = x.shape;
    const units = start.shape[1];
    const resetAfter = bias.rank === 2;
    const [inputBias = bias, recurrentBias = bias] = resetAfter ? tf.unstack(bias) : [bias];
    const projected = tf.unstack(
      x.reshape<Tensor2D>([-1, features]).matMul(kernel).add(inputBias).reshape([steps, batch, -1]),
    );
    const [gateKernel, candidateKernel] = tf.split(recurrentKernel, [2 * units, units], 1) as [
      Tensor2D,
      Tensor2D,
    ];
    /** The parts of both gates and of the candidate that come from the hidden state. */
    const fromHidden = (hidden: Tensor2D): [gates: Tensor, candidate: (reset: Tensor) => Tensor] => {
      if (!resetAfter)
        return [hidden.matMul(gateKernel), (reset) => reset.mul(hidden).matMul(candidateKernel)];
      const all = hidden.matMul(recurrentKernel).add(recurrentBias);
      const [gates = all, candidate = all] = tf.split(all, [2 * units, units], 1);
      return [gates, (reset) => reset.mul(candidate)];
    };
    const hidden: Tensor[] = [];
    let last = start;
    for (const input of projected) {
      const [inputGates = input, inputCandidate = input] = tf.split(input, [2 * units, units], 1);
      const [gates, candidateOf] = fromHidden(last);
      const [update = gates, reset = gates] = tf.split(inputGates.add(gates).sigmoid(), 2, 1);
      const candidate = inputCandidate.add(candidateOf(reset)).tanh();
      last = update.mul(last.sub<Tensor2D>(candidate)).add(candidate);
      hidden.push(last);
    }
    return { hidden: tf.stack(hidden), last };
  };
}
