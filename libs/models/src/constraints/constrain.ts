import type { Engine, Tensor } from '@gradstream/engine';
import type { Constraint } from './constraint.js';

/** Keras's fuzz factor, against a division by zero. */
const EPSILON = 1e-7;

/** L2 norms over the axes, which stay with length one. */
function normOf(w: Tensor, axis: number | number[] | null): Tensor {
  return w
    .square()
    .sum(axis ?? undefined, true)
    .sqrt();
}

/** What a constraint makes of a weight (keras.constraints). */
export function constrain({ tf }: Engine, constraint: Constraint, w: Tensor): Tensor {
  switch (constraint.name) {
    case 'nonNeg':
      return w.mul(w.greaterEqual(0).cast('float32'));
    case 'unitNorm':
      return w.div(normOf(w, constraint.axis).add(EPSILON));
    case 'maxNorm': {
      const norm = normOf(w, constraint.axis);
      return w.mul(norm.clipByValue(0, constraint.maxValue).div(norm.add(EPSILON)));
    }
    case 'minMaxNorm': {
      const { minValue, maxValue, rate } = constraint;
      const norm = normOf(w, constraint.axis);
      const desired = tf.add(norm.clipByValue(minValue, maxValue).mul(rate), norm.mul(1 - rate));
      return w.mul(desired.div(norm.add(EPSILON)));
    }
  }
}
