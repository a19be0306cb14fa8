// What is told of a column of numbers while it is read.

import { toWireNumber, type FeatureStatistics } from '@gradstream/contracts';
import { ValueCounts } from '../statistics/counts.js';
import type { StatisticsDetail } from '../statistics/detail.js';
import { Moments } from '../statistics/moments.js';
import { QuantileSketch } from '../statistics/quantiles.js';

const QUANTILES: readonly number[] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/** Figures of numbers in the form in which they are stored; null when there are none. */
export function figuresOf({ count, min, max, mean, std }: Moments) {
  const figure = (value: number) => (count === 0 ? null : toWireNumber(value));
  return { min: figure(min), max: figure(max), mean: figure(mean), std: figure(std) };
}

/** Quantiles in the form in which they are stored. */
function quantilesOf(sketch: QuantileSketch): FeatureStatistics['quantiles'] {
  const values = sketch.at(QUANTILES);
  return values && { at: [...QUANTILES], values: values.map(toWireNumber), rankError: sketch.rankError };
}

/** Moments, quantiles and the most frequent values of numbers. */
export class NumberStatistics {
  readonly #moments = new Moments();
  readonly #quantiles: QuantileSketch;
  readonly #counts: ValueCounts<number>;
  #missing = 0;

  constructor({ quantileBuffer, maxDistinct }: StatisticsDetail) {
    this.#quantiles = new QuantileSketch(quantileBuffer);
    this.#counts = new ValueCounts(maxDistinct);
  }

  add(value: number): void {
    this.#moments.add(value);
    this.#quantiles.add(value);
    this.#counts.add(value);
  }

  addMissing(): void {
    this.#missing++;
  }

  told(name: string, type: 'numeric' | 'timestamp'): FeatureStatistics {
    return {
      name,
      type,
      count: this.#moments.count,
      missing: this.#missing,
      ...figuresOf(this.#moments),
      quantiles: quantilesOf(this.#quantiles),
      distinct: this.#counts.distinct,
      top: this.#counts.top,
    };
  }
}
