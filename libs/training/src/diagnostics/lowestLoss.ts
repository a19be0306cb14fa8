// The value below which no network can bring a loss on given targets, in float64 on the host.

import type { LossSettings } from '@gradstream/contracts';
import type { HostArray } from '../fit/data.js';

/** t ln t, 0 at 0. */
const xlogx = (t: number): number => (t > 0 ? t * Math.log(t) : 0);

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Entropy of label-smoothed distributions along the last axis, in nats: what cross-entropy is at its best. */
function entropyOf({ values, shape }: HostArray, smoothing: number): number {
  const classes = shape.at(-1) ?? 1;
  const smoothed = Array.from(values, (t) => t * (1 - smoothing) + smoothing / classes);
  return -meanOf(smoothed.map(xlogx)) * classes;
}

/** The same of probabilities that stand for themselves. */
function binaryEntropyOf({ values }: HostArray, smoothing: number): number {
  return meanOf(
    Array.from(values, (t) => {
      const p = t * (1 - smoothing) + smoothing / 2;
      return -xlogx(p) - xlogx(1 - p);
    }),
  );
}

/** Values that a loss has of targets: one for each place of all axes but the one that it goes along. */
function countOf(loss: LossSettings, { values, shape }: HostArray): number {
  const axis = loss.name === 'cosineSimilarity' ? loss.axis : -1;
  return values.length / (shape.at(axis < 0 ? axis : axis - 1) ?? 1);
}

/** The lowest value of a loss on targets, all samples weighing 1. Penalties of weights come on top. */
export function lowestLoss(loss: LossSettings, targets: HostArray): number {
  const isSum = loss.reduction === 'sum' || loss.reduction === 'none';
  return lowestMean(loss, targets) * (isSum ? countOf(loss, targets) : 1);
}

function lowestMean(loss: LossSettings, targets: HostArray): number {
  switch (loss.name) {
    case 'cosineSimilarity':
      return -1;
    case 'poisson':
      return meanOf(Array.from(targets.values, (t) => t - xlogx(t)));
    case 'categoricalCrossentropy':
      return entropyOf(targets, loss.labelSmoothing);
    case 'binaryCrossentropy':
      return binaryEntropyOf(targets, loss.labelSmoothing);
    default:
      return 0;
  }
}
