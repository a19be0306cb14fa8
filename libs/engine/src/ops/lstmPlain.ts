// LSTM step by step in plain ops.

import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import type { Recurrence } from './recurrence.js';

export function plainLstm({ tf }: Runtime): Recurrence {
  return (x, { kernel, recurrentKernel, bias }, start) => {
    const [steps = 0, batch = 0, features = 1] = x.shape;
    // The inputs' part of all gates of all steps is one product.
    const projected = tf.unstack(
      x.reshape<Tensor2D>([-1, features]).matMul(kernel).add(bias).reshape([steps, batch, -1]),
    );
    const hidden: Tensor[] = [];
    let state = start;
    for (const input of projected) {
      const gates = input.add(state.hidden.matMul(recurrentKernel));
      const [i, f, c, o] = tf.split(gates, 4, 1) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
      const cell = f.sigmoid().mul<Tensor2D>(state.cell).add<Tensor2D>(i.sigmoid().mul(c.tanh()));
      state = { cell, hidden: o.sigmoid().mul(cell.tanh()) };
      hidden.push(state.hidden);
    }
    return { hidden: tf.stack(hidden), state };
  };
}
