// tfjs's tape: the list of ops that its gradients go back through, with the tensors that they saved.

import type { Tensor } from '@tensorflow/tfjs';
import type { Runtime } from './runtime.js';

export type Tape = ReturnType<Runtime['tf']['engine']>['state']['activeTape'];

/** Runs `body` with a tape of its own, which is dropped afterwards with all that it saved: no gradient flows out of it. */
export function withOwnTape<T>({ tf }: Pick<Runtime, 'tf'>, body: (own: Tape, outer: Tape) => T): T {
  const { state } = tf.engine();
  const outer = state.activeTape;
  const own: Tape = [];
  state.activeTape = own;
  try {
    return body(own, outer);
  } finally {
    for (const { saved } of own) tf.dispose(saved ?? []);
    state.activeTape = outer;
  }
}

/** Disposes what tfjs saved for a backward pass that failed; tfjs leaves it behind. */
export function dropFailedTape({ tf }: Runtime): void {
  const { state } = tf.engine();
  if (state.gradientDepth > 0 || !(state.activeTape as typeof state.activeTape | null)) return;
  for (const node of state.activeTape) {
    const saved: unknown = Reflect.get(node, 'saved');
    if (Array.isArray(saved)) for (const tensor of saved) tf.dispose(tensor as Tensor);
  }
  Reflect.set(state, 'activeTape', null);
}
