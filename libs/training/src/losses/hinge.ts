// Losses of margins. Outputs have no activation.

import type { Engine, Tensor } from '@gradstream/engine';
import type { Form } from './loss.js';
import { aligned, meanOver } from './shapes.js';

/** Targets −1 and 1. A batch whose targets are all 0 or 1 is converted, as Keras does. */
function signs(target: Tensor): Tensor {
  const isBinary = target.mul(target.sub(1)).equal(0).all().cast('float32');
  return target.add(isBinary.mul(target.sub(1)));
}

/** max(1 − t·y, 0) of each element. */
function margins(target: Tensor, output: Tensor): Tensor {
  const [t, y] = aligned(target, output);
  return signs(t).mul(y).neg().add(1).maximum(0);
}

export const hinge = (): Form => (target, output) => ({ values: meanOver(margins(target, output)) });

export const squaredHinge = (): Form => (target, output) => ({
  values: meanOver(margins(target, output).square()),
});

/** max(largest output of a wrong class − output of the right one + 1, 0); targets are one-hot. */
export const categoricalHinge =
  ({ tf }: Engine): Form =>
  (target, output) => {
    const [t, y] = aligned(target, output);
    const right = t.mul(y).sum(-1);
    const wrong = tf.scalar(1).sub(t).mul(y).max(-1);
    return { values: wrong.sub(right).add(1).maximum(0) };
  };
