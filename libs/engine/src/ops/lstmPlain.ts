// LSTM step by step in plain ops, which XLA can compile. Its backward pass is written by hand: what tfjs would derive has
// half as many ops again, and a product for the recurrent kernel at every step in the place of one for all.

import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import { floatType, NHWC } from './attributes.js';
import { defineKernel } from './kernels.js';
import type { Recurrence } from './recurrence.js';

type Four = [Tensor, Tensor, Tensor, Tensor];

export function plainLstm(runtime: Runtime): Recurrence {
  const { tf } = runtime;
  const T = floatType(runtime);
  const columnSum = (x: Tensor): Tensor => runtime.run('BiasAddGrad', [T, NHWC], [x]);
  const sigmoidSlope = (y: Tensor, dy: Tensor): Tensor => runtime.run('SigmoidGrad', [T], [y, dy]);
  const tanhSlope = (y: Tensor, dy: Tensor): Tensor => runtime.run('TanhGrad', [T], [y, dy]);
  const rows = (x: Tensor): Tensor2D => x.reshape([-1, x.shape.at(-1) ?? 1]);
  const split = (gates: Tensor): Four => tf.split(gates, 4, 1) as Four;

  const sequence = defineKernel(runtime, 'LstmSequence', {
    inputs: ['x', 'cell', 'start', 'kernel', 'recurrent', 'bias'],
    // Hidden states, cell states before and after tanh, and gates, of all steps.
    outputs: ['hidden', 'cells', 'squashed', 'gates'],
    saved: ['x', 'cell', 'start', 'kernel', 'recurrent', 'hidden', 'cells', 'squashed', 'gates'],
    forward: ({ x, cell, start, kernel, recurrent, bias }) => {
      const [steps = 0, batch = 0] = x.shape;
      // The inputs' part of all gates of all steps is one product.
      const projected = rows(x).matMul(kernel).add(bias).reshape([steps, batch, -1]);
      const all: { hidden: Tensor[]; cells: Tensor[]; squashed: Tensor[]; gates: Tensor[] } = {
        hidden: [],
        cells: [],
        squashed: [],
        gates: [],
      };
      let state = { hidden: start, cell };
      for (const input of tf.unstack(projected)) {
        const [i, f, c, o] = split(input.add(state.hidden.matMul(recurrent)));
        const gates: Four = [i.sigmoid(), f.sigmoid(), c.tanh(), o.sigmoid()];
        const next = gates[1].mul(state.cell).add(gates[0].mul(gates[2]));
        const squashed = next.tanh();
        state = { hidden: gates[3].mul(squashed), cell: next };
        all.hidden.push(state.hidden);
        all.cells.push(next);
        all.squashed.push(squashed);
        all.gates.push(tf.concat(gates, 1));
      }
      return [tf.stack(all.hidden), tf.stack(all.cells), tf.stack(all.squashed), tf.stack(all.gates)];
    },
    gradient: (dy, { x, cell, start, kernel, recurrent, hidden, cells, squashed, gates }) => {
      const before = (states: Tensor, first: Tensor): Tensor[] => [first, ...tf.unstack(states).slice(0, -1)];
      const [squashedOf, gatesOf, cellBefore] = [
        tf.unstack(squashed),
        tf.unstack(gates),
        before(cells, cell),
      ];
      const [dHiddenOf, dCellOf] = [tf.unstack(dy.hidden), tf.unstack(dy.cells)];
      const slopes: Tensor[] = [];
      let dHidden = tf.zerosLike(start);
      let dCell = tf.zerosLike(cell);
      for (const [back, s] of squashedOf.toReversed().entries()) {
        const step = squashedOf.length - 1 - back;
        const at = (tensors: readonly Tensor[]): Tensor => tensors[step] ?? s;
        const [i, f, c, o] = split(at(gatesOf));
        const dh = dHidden.add(at(dHiddenOf));
        const dc = dCell.add(at(dCellOf)).add(tanhSlope(s, dh.mul(o)));
        const slope = tf.concat(
          [
            sigmoidSlope(i, dc.mul(c)),
            sigmoidSlope(f, dc.mul(at(cellBefore))),
            tanhSlope(c, dc.mul(i)),
            sigmoidSlope(o, dh.mul(s)),
          ],
          1,
        );
        slopes.unshift(slope);
        dHidden = tf.matMul(slope, recurrent, false, true);
        dCell = dc.mul(f);
      }
      const slope = tf.concat(slopes, 0);
      return {
        x: () => tf.matMul(slope, kernel, false, true).reshape(x.shape),
        cell: () => dCell,
        start: () => dHidden,
        kernel: () => tf.matMul(rows(x), slope, true, false),
        recurrent: () => tf.matMul(tf.concat(before(hidden, start), 0), slope, true, false),
        bias: () => columnSum(slope),
      };
    },
  });

  return (x, { kernel, recurrentKernel, bias }, { hidden, cell }) => {
    const outputs = sequence({ x, cell, start: hidden, kernel, recurrent: recurrentKernel, bias }, {});
    const [steps] = x.shape as [number];
    const last = (states: Tensor): Tensor2D => states.slice([steps - 1], [1]).reshape(hidden.shape);
    const { hidden: all, cells } = outputs;
    return { hidden: all, cells, state: { hidden: last(all), cell: last(cells) } };
  };
}
