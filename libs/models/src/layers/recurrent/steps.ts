// The plain form of a recurrence: each step is ops of its own.

import type { Tensor } from '@gradstream/engine';
import type { Cell, CellCall, Run } from './cell.js';

export function runSteps(cell: Cell, call: CellCall, start: readonly Tensor[]): Run {
  const { tf } = call.context.gs;
  const step = cell.prepare(call);
  const after: (readonly Tensor[])[] = [];
  let last = start;
  for (let index = 0; index < (call.x.shape[1] ?? 0); index++) {
    last = step(index, last);
    after.push(last);
  }
  return {
    sequence: (state) =>
      tf.stack(
        after.flatMap((states) => states.slice(state, state + 1)),
        1,
      ),
    last,
  };
}
