// Masks without a cost at each step: a masked step leaves the states as they are, which is the same as a shorter sequence.
// The steps that count are brought together in front of the others, the recurrence runs over all of them, and its results
// are taken from where they lie.

import type { Engine, Tensor } from '@gradstream/engine';

export interface Packed {
  /** [batch, steps, ...] with the steps that count in front. */
  readonly pack: (x: Tensor) => Tensor;
  /** Packed outputs in their own order: a masked step has what was before it, zeros at first; or always zeros. */
  readonly unpack: (sequence: Tensor, isZeroed: boolean) => Tensor;
  /** What that has at the last step, masked or not. */
  readonly lastOutput: (sequence: Tensor, isZeroed: boolean) => Tensor;
  /** What packed states have at the last step that counts; `start` [batch, ...] where there is none. */
  readonly lastState: (sequence: Tensor, start: Tensor) => Tensor;
}

/** For a mask bool [batch, steps], in the order in which the steps run. */
export function packing({ tf }: Engine, mask: Tensor): Packed {
  const [batch = 1, steps = 1] = mask.shape;
  const counts = mask.cast('int32');
  const places = counts.cumsum(1).sub(tf.scalar(1, 'int32'));
  const firstRows = tf.range(0, batch, 1, 'int32').mul(tf.scalar(steps, 'int32')).expandDims(1);
  // Distinct keys: those of steps that count are positive, and fall with time as the others do.
  const keys = counts.mul(tf.scalar(steps, 'int32')).sub(tf.range(0, steps, 1, 'int32'));
  const { indices: order } = tf.topk(keys, steps, true);
  const lastOf = (x: Tensor): Tensor => x.slice([0, steps - 1], [-1, 1]);

  /** Steps [batch, n] of a sequence [batch, steps, ...]. */
  const take = (sequence: Tensor, at: Tensor): Tensor => {
    const [, , ...rest] = sequence.shape;
    const rows = at.maximum(tf.scalar(0, 'int32')).add(firstRows);
    const taken = sequence.reshape([batch * steps, ...rest]).gather(rows.flatten());
    return taken.reshape([batch, at.shape[1] ?? 1, ...rest]);
  };
  const choose = (condition: Tensor, then: Tensor, otherwise: Tensor): Tensor => {
    const ones = then.shape.slice(condition.rank).map(() => 1);
    return tf.where(condition.reshape([...condition.shape, ...ones]), then, otherwise);
  };
  /** Outputs at some steps. */
  const outputs = (sequence: Tensor, at: Tensor, has: Tensor): Tensor => {
    const taken = take(sequence, at);
    return choose(has, taken, tf.zerosLike(taken));
  };
  const hasBegun = places.greaterEqual(tf.scalar(0, 'int32'));
  return {
    pack: (x) => take(x, order),
    unpack: (sequence, isZeroed) => outputs(sequence, places, isZeroed ? mask : hasBegun),
    lastOutput: (sequence, isZeroed) =>
      outputs(sequence, lastOf(places), lastOf(isZeroed ? mask : hasBegun)).squeeze([1]),
    lastState: (sequence, start) =>
      choose(lastOf(hasBegun).flatten(), take(sequence, lastOf(places)).squeeze([1]), start),
  };
}
