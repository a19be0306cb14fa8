import { toWireNumber, type FeatureStatistics, type ShardColumn } from '@gradstream/contracts';
import { quoted } from '../readers/problems.js';
import type { BatchColumn, Cell } from '../readers/source.js';
import type { ColumnBuffer } from '../shards/buffer.js';
import { ValueCounts } from '../statistics/counts.js';
import type { StatisticsDetail } from '../statistics/detail.js';
import { Moments } from '../statistics/moments.js';
import { QuantileSketch } from '../statistics/quantiles.js';
import { isMissingCell, toNumber } from './cells.js';
import { report, type ColumnEncoder, type Place, type Slice } from './encoder.js';

export const QUANTILES: readonly number[] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/** Figures of numbers in the form in which they are stored; null when there are none. */
export function figuresOf({ count, min, max, mean, std }: Moments) {
  const figure = (value: number) => (count === 0 ? null : toWireNumber(value));
  return { min: figure(min), max: figure(max), mean: figure(mean), std: figure(std) };
}

/** Quantiles in the form in which they are stored. */
export function quantilesOf(sketch: QuantileSketch): FeatureStatistics['quantiles'] {
  const values = sketch.at(QUANTILES);
  return values && { at: [...QUANTILES], values: values.map(toWireNumber), rankError: sketch.rankError };
}

/** One number a row, float32; NaN is a missing one. */
export class NumericEncoder implements ColumnEncoder {
  readonly type = 'numeric';
  readonly #moments = new Moments();
  readonly #quantiles: QuantileSketch;
  readonly #counts: ValueCounts<number>;
  /** Whether a number such as -999 stands for a missing value. */
  readonly #numbersMayBeMissing: boolean;
  #missing = 0;

  constructor(
    private readonly name: string,
    private readonly missing: ReadonlySet<string>,
    { quantileBuffer, maxDistinct }: StatisticsDetail,
  ) {
    this.#quantiles = new QuantileSketch(quantileBuffer);
    this.#counts = new ValueCounts(maxDistinct);
    this.#numbersMayBeMissing = [...missing].some((word) => toNumber(word) !== null);
  }

  column(): ShardColumn {
    return { name: this.name, type: 'numeric', dtype: 'float32', shape: [], heap: false, categories: null };
  }

  encode(values: BatchColumn, { from, to, at }: Slice, target: ColumnBuffer, place: Place): void {
    for (let row = from; row < to; row++) {
      const cell = values.kind === 'cells' ? (values.cells[row] ?? null) : (values.values[row] ?? NaN);
      target.values[at + row - from] = this.#take(cell, row, place);
    }
  }

  statistics(): FeatureStatistics {
    return {
      name: this.name,
      type: 'numeric',
      count: this.#moments.count,
      missing: this.#missing,
      ...figuresOf(this.#moments),
      quantiles: quantilesOf(this.#quantiles),
      distinct: this.#counts.distinct,
      top: this.#counts.top,
    };
  }

  #take(cell: Cell, row: number, place: Place): number {
    const value = this.#numbersMayBeMissing && isMissingCell(cell, this.missing) ? null : toNumber(cell);
    if (value === null) {
      if (isMissingCell(cell, this.missing)) {
        this.#missing++;
        return NaN;
      }
      report(place, row, {
        code: 'notNumeric',
        message: `${quoted(String(cell))} is no finite number, the column is numeric`,
        hint: 'Correct it, leave it empty when it is missing, or declare the column categorical or text',
      });
      return NaN;
    }
    this.#moments.add(value);
    this.#quantiles.add(value);
    this.#counts.add(value);
    return value;
  }
}
