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

/** The lowest value of a loss on targets, all samples weighing 1. Penalties of weights come on top. */
export function lowestLoss(loss: LossSettings, targets: HostArray): number {
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
