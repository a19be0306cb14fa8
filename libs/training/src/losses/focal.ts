// Cross-entropies that give samples which are predicted well less weight (Lin et al. 2017; Zhang and Sabuncu 2018).

import type { LossSettings } from '@gradstream/contracts';
import type { Tensor } from '@gradstream/engine';
import { binaryFromProbabilities, clipped, smoothed } from './crossentropy.js';
import { EPSILON, type Family } from './loss.js';
import { aligned, axisLast, classIndexes, meanOver } from './shapes.js';

type Of<Name extends LossSettings['name']> = Extract<LossSettings, { name: Name }>;

/** x^exponent for x from 0 to 1, with a finite gradient at 0 for exponents below 1, too. */
const power = (x: Tensor, exponent: number): Tensor => x.maximum(EPSILON).pow(exponent);

/** (1 − p_t)^γ · binary cross-entropy, mean over an axis. */
export const binaryFocalCrossentropy: Family<Of<'binaryFocalCrossentropy'>> =
  ({ ops }, { applyClassBalancing, alpha, gamma, fromLogits, labelSmoothing, axis }) =>
  (target, output) => {
    const [given, y] = aligned(target, output);
    const t = smoothed(given, labelSmoothing, 2);
    const p = fromLogits ? y.sigmoid() : y;
    const loss = fromLogits ? ops.sigmoidCrossEntropy(y, t) : binaryFromProbabilities(t, p);
    // 1 − p_t, where p_t = t·p + (1 − t)·(1 − p).
    const missed = t.add(p).sub(t.mul(p).mul(2));
    const focal = power(missed, gamma).mul(loss);
    // t·α + (1 − t)·(1 − α).
    const balanced = applyClassBalancing ? focal.mul(t.mul(2 * alpha - 1).add(1 - alpha)) : focal;
    return { values: meanOver(balanced, axis) };
  };

/** α · (1 − p)^γ · cross-entropy, with distributions as targets. */
export const categoricalFocalCrossentropy: Family<Of<'categoricalFocalCrossentropy'>> =
  ({ tf }, { alpha, gamma, fromLogits, labelSmoothing, axis }) =>
  (target, output) => {
    const [given, y] = aligned(target, output).map((x) => axisLast(x, axis)) as [Tensor, Tensor];
    const t = smoothed(given, labelSmoothing, y.shape.at(-1) ?? 1);
    const p = fromLogits ? y.softmax() : clipped(y.div(y.sum(-1, true)));
    const logP = fromLogits ? y.logSoftmax() : p.log();
    const factor = power(tf.scalar(1).sub(p), gamma).mul(alpha);
    return { values: factor.mul(t).mul(logP).sum(-1).neg() };
  };

/** (1 − p^q) / q of the probability of the class that is right; class indexes as targets. */
export const categoricalGeneralizedCrossEntropy: Family<Of<'categoricalGeneralizedCrossEntropy'>> =
  ({ tf }, { q }) =>
  (target, output) => {
    const oneHot = tf.oneHot(classIndexes(target, output), output.shape.at(-1) ?? 1, 1, 0, 'float32');
    const p = power(output.mul(oneHot).sum(-1), q);
    return { values: tf.scalar(1).sub(p).div(q) };
  };
