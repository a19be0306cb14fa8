import type { FeatureStatistics, ShardColumn } from '@gradstream/contracts';
import { quoted } from '../readers/problems.js';
import type { BatchColumn, Cell } from '../readers/source.js';
import type { ColumnBuffer } from '../shards/buffer.js';
import type { StatisticsDetail } from '../statistics/detail.js';
import { isMissingCell, toNumber } from './cells.js';
import { report, type ColumnEncoder, type Place, type Slice } from './encoder.js';
import { NumberStatistics } from './numberStatistics.js';

/** One number a row, float32; NaN is a missing one. */
export class NumericEncoder implements ColumnEncoder {
  readonly type = 'numeric';
  readonly #statistics: NumberStatistics;

  constructor(
    private readonly name: string,
    detail: StatisticsDetail,
  ) {
    this.#statistics = new NumberStatistics(detail);
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
    return this.#statistics.told(this.name, 'numeric');
  }

  #take(cell: Cell, row: number, place: Place): number {
    const value = toNumber(cell);
    if (value === null) {
      if (isMissingCell(cell)) {
        this.#statistics.addMissing();
        return NaN;
      }
      report(place, row, {
        code: 'notNumeric',
        message: `${quoted(String(cell))} is no finite number, the column is numeric`,
        hint: 'Correct it, leave it empty when it is missing, or declare the column categorical or text',
      });
      return NaN;
    }
    this.#statistics.add(value);
    return value;
  }
}
