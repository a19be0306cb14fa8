// What stands in for missing values, by the values of the training rows that are there.

import type { FeaturePlan } from '@gradstream/contracts';
import type { Labels } from './labels.js';

/** What becomes of a missing value: its row is refused or dropped, or `fill` stands in. */
export interface Filling<T> {
  readonly fill: T | null;
  readonly dropped: boolean;
}

type MissingNumber = Extract<FeaturePlan, { kind: 'numeric' }>['missing'];
type MissingCategory = Extract<FeaturePlan, { kind: 'label' }>['missing'];

const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at] ?? 0;
  return sum / values.length;
};

/** The middle one; of an even count, the mean of the two in the middle. */
function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** Of those that occur most often the smallest. */
function mostFrequent<T extends string | number>(values: Iterable<T>): T | null {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best: T | null = null;
  for (const [value, count] of counts) {
    const most = best === null ? 0 : (counts.get(best) ?? 0);
    if (best === null || count > most || (count === most && value < best)) best = value;
  }
  return best;
}

/** Fits on the numbers that are there. `fill` is null when there are none to fit on. */
export function fitNumber(values: Float64Array, missing: MissingNumber): Filling<number> {
  if (typeof missing === 'object') return { fill: missing.constant, dropped: false };
  if (missing === 'refuse' || missing === 'drop') return { fill: null, dropped: missing === 'drop' };
  if (values.length === 0) return { fill: null, dropped: false };
  const fits = { mean, median, mostFrequent } as const;
  return { fill: fits[missing](values), dropped: false };
}

/** Fits on the categories that are there. */
export function fitCategory({ names, codes }: Labels, missing: MissingCategory): Filling<string> {
  if (typeof missing === 'object') return { fill: missing.constant, dropped: false };
  if (missing !== 'mostFrequent') return { fill: null, dropped: missing === 'drop' };
  const present = Array.from(codes).filter((code) => code >= 0);
  return { fill: mostFrequent(present.map((code) => names[code] ?? '')), dropped: false };
}
