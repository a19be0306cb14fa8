// Losses of how far predicted and true regions overlap, for segmentation: outputs and targets from 0 to 1, of one shape.

import type { LossSettings } from '@gradstream/contracts';
import type { Tensor } from '@gradstream/engine';
import { EPSILON, type Family } from './loss.js';
import { aligned } from './shapes.js';

type Of<Name extends LossSettings['name']> = Extract<LossSettings, { name: Name }>;

/** Over the given dimensions; over all of them, which leaves a scalar, for null. */
const summed = (x: Tensor, axis: number | number[] | null): Tensor => x.sum(axis ?? undefined);

/** 1 − 2·|t ∩ y| / (|t| + |y|). */
export const dice: Family<Of<'dice'>> =
  ({ tf }, { axis }) =>
  (target, output) => {
    const [t, y] = aligned(target, output);
    const both = summed(t.mul(y), axis).mul(2);
    const total = summed(t.add(y), axis).add(EPSILON);
    return { values: tf.scalar(1).sub(both.div(total)) };
  };

/** 1 − |t ∩ y| / (|t ∩ y| + α·|t \ y| + β·|y \ t|); Keras weighs what was missed by α. */
export const tversky: Family<Of<'tversky'>> =
  ({ tf }, { alpha, beta, axis }) =>
  (target, output) => {
    const [t, y] = aligned(target, output);
    const both = summed(t.mul(y), axis);
    const missed = summed(t, axis).sub(both);
    const added = summed(y, axis).sub(both);
    const total = both.add(missed.mul(alpha)).add(added.mul(beta)).add(EPSILON);
    return { values: tf.scalar(1).sub(both.div(total)) };
  };
