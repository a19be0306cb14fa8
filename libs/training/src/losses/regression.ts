// Losses of numbers: the mean over the last dimension of something of the difference. Outputs and targets [batch, …].

import type { LossSettings } from '@gradstream/contracts';
import type { Engine, Tensor } from '@gradstream/engine';
import { EPSILON, type Family, type Form } from './loss.js';
import { aligned, axisLast, meanOver } from './shapes.js';

type Of<Name extends LossSettings['name']> = Extract<LossSettings, { name: Name }>;

/** A loss that is the mean of a function of each element. */
const elementwise =
  (loss: (target: Tensor, output: Tensor) => Tensor): Form =>
  (target, output) => ({ values: meanOver(loss(...aligned(target, output))) });

export const meanSquaredError = ({ tf }: Engine): Form => elementwise((t, y) => tf.squaredDifference(y, t));

export const meanAbsoluteError = (): Form => elementwise((t, y) => y.sub(t).abs());

/** In percent of the target, which counts as at least 1e-7. */
export const meanAbsolutePercentageError = (): Form =>
  elementwise((t, y) => y.sub(t).abs().div(t.abs().maximum(EPSILON)).mul(100));

/** Of log(1 + x); what is below 1e-7 counts as that, and has no gradient. */
export const meanSquaredLogarithmicError = ({ tf }: Engine): Form =>
  elementwise((t, y) => tf.squaredDifference(y.maximum(EPSILON).log1p(), t.maximum(EPSILON).log1p()));

/** e² / 2 up to δ, and δ·(|e| − δ / 2) beyond: q·(|e| − q / 2) with q = min(|e|, δ). */
export const huber: Family<Of<'huber'>> = (_, { delta }) =>
  elementwise((t, y) => {
    const error = y.sub(t).abs();
    const bounded = error.minimum(delta);
    return bounded.mul(error.sub(bounded.mul(0.5)));
  });

/** log cosh e = e + softplus(−2e) − log 2, which does not overflow. */
export const logCosh = (): Form =>
  elementwise((t, y) => {
    const error = y.sub(t);
    return error.add(error.mul(-2).softplus()).sub(Math.LN2);
  });

/** y − t·log y; y is at least 0. */
export const poisson = (): Form => elementwise((t, y) => y.sub(t.mul(y.add(EPSILON).log())));

/** Σ t·log(t / y) over the last dimension; both are distributions. */
export const klDivergence = (): Form => (target, output) => {
  const [t, y] = aligned(target, output).map((x) => x.clipByValue(EPSILON, 1)) as [Tensor, Tensor];
  return { values: t.mul(t.div(y).log()).sum(-1) };
};

/** A tensor of vectors of length 1 along its last dimension; zeros stay zeros, with a finite gradient. */
const normalized = (x: Tensor): Tensor =>
  x.mul(
    x
      .square()
      .sum(-1, true)
      .maximum(EPSILON ** 2)
      .rsqrt(),
  );

/** The cosine of the angle between target and output, negative so that less is better. */
export const cosineSimilarity: Family<Pick<Of<'cosineSimilarity'>, 'axis'>> =
  (_, { axis }) =>
  (target, output) => {
    const [t, y] = aligned(target, output).map((x) => normalized(axisLast(x, axis))) as [Tensor, Tensor];
    return { values: t.mul(y).sum(-1).neg() };
  };
