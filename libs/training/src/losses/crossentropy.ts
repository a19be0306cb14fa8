// Cross-entropies as Keras defines them; from logits by TensorFlow's fused ops, which are finite for any logits.

import type { LossSettings } from '@gradstream/contracts';
import type { Tensor, Tensor1D, Tensor2D } from '@gradstream/engine';
import { EPSILON, type Family } from './loss.js';
import { aligned, axisLast, classIndexes, meanOver } from './shapes.js';

type Of<Name extends LossSettings['name']> = Extract<LossSettings, { name: Name }>;

/** Targets towards the middle: t·(1 − s) + s / classes. */
export const smoothed = (target: Tensor, smoothing: number, classes: number): Tensor =>
  smoothing === 0 ? target : target.mul(1 - smoothing).add(smoothing / classes);

/** Probabilities away from 0 and 1. Their gradient is 0 where they are clipped. */
export const clipped = (probabilities: Tensor): Tensor => probabilities.clipByValue(EPSILON, 1 - EPSILON);

const rows = (x: Tensor): Tensor2D => x.reshape([-1, x.shape.at(-1) ?? 1]);

/** −t·log p − (1 − t)·log(1 − p) of each element. */
export const binaryFromProbabilities = (target: Tensor, probabilities: Tensor): Tensor => {
  const p = clipped(probabilities);
  const ofZero = target.sub(1).mul(p.neg().log1p());
  return ofZero.sub(target.mul(p.log()));
};

/** Binary cross-entropy, mean over an axis: outputs and targets [batch, …]. */
export const binaryCrossentropy: Family<Of<'binaryCrossentropy'>> =
  ({ ops }, { fromLogits, labelSmoothing, axis }) =>
  (target, output) => {
    const [t, y] = aligned(target, output);
    const labels = smoothed(t, labelSmoothing, 2);
    const elements = fromLogits ? ops.sigmoidCrossEntropy(y, labels) : binaryFromProbabilities(labels, y);
    return { values: meanOver(elements, axis) };
  };

/** Cross-entropy with distributions as targets, of the shape of the output. */
export const categoricalCrossentropy: Family<Of<'categoricalCrossentropy'>> =
  ({ ops }, { fromLogits, labelSmoothing, axis }) =>
  (target, output) => {
    const [t, y] = aligned(target, output).map((x) => axisLast(x, axis)) as [Tensor, Tensor];
    const classes = y.shape.at(-1) ?? 1;
    const labels = smoothed(t, labelSmoothing, classes);
    if (fromLogits) {
      const loss = ops.softmaxCrossEntropy(rows(y), rows(labels));
      return { values: loss.reshape(y.shape.slice(0, -1)) };
    }
    const p = clipped(y.div(y.sum(-1, true)));
    return { values: labels.mul(p.log()).sum(-1).neg() };
  };

/** Cross-entropy with class indexes [batch, …positions] as targets. */
export const sparseCategoricalCrossentropy: Family<Of<'sparseCategoricalCrossentropy'>> =
  ({ tf, ops }, { fromLogits, ignoreClass, axis }) =>
  (target, output) => {
    const y = axisLast(output, axis);
    const given = classIndexes(target, y);
    const valid = ignoreClass === null ? null : given.notEqual(tf.scalar(ignoreClass, 'int32'));
    const indexes = valid ? given.mul(valid.cast('int32')) : given;
    const logits = fromLogits ? y : clipped(y).log();
    const loss = ops.sparseSoftmaxCrossEntropy(rows(logits), indexes.reshape<Tensor1D>([-1]));
    const values = loss.reshape(indexes.shape);
    return valid ? { values: values.mul(valid.cast('float32')), valid } : { values };
  };
