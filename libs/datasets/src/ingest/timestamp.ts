import type { FeatureStatistics, ShardColumn } from '@gradstream/contracts';
import { quoted } from '../readers/problems.js';
import type { BatchColumn } from '../readers/source.js';
import type { ColumnBuffer } from '../shards/buffer.js';
import type { StatisticsDetail } from '../statistics/detail.js';
import { isMissingCell, toMoment } from './cells.js';
import { report, type ColumnEncoder, type Place, type Slice } from './encoder.js';
import { NumberStatistics } from './numberStatistics.js';

export const DAY_MS = 86_400_000;
/** What stands for a missing day. */
const MISSING_DAY = -(2 ** 31);

/** A moment as two numbers: days since 1970 and milliseconds of the day. Float32 has too few digits for one. */
export function splitMoment(moment: number | null): [day: number, milliseconds: number] {
  if (moment === null) return [MISSING_DAY, 0];
  const day = Math.floor(moment / DAY_MS);
  return [day, moment - day * DAY_MS];
}

/** Milliseconds since 1970; null is a missing moment. */
export const joinMoment = (day: number, milliseconds: number): number | null =>
  day === MISSING_DAY ? null : day * DAY_MS + milliseconds;

export class TimestampEncoder implements ColumnEncoder {
  readonly type = 'timestamp';
  readonly #statistics: NumberStatistics;

  constructor(
    private readonly name: string,
    detail: StatisticsDetail,
  ) {
    this.#statistics = new NumberStatistics(detail);
  }

  column(): ShardColumn {
    return { name: this.name, type: 'timestamp', dtype: 'int32', shape: [2], heap: false, categories: null };
  }

  encode(values: BatchColumn, { from, to, at }: Slice, target: ColumnBuffer, place: Place): void {
    for (let row = from; row < to; row++) {
      const cell = values.kind === 'cells' ? (values.cells[row] ?? null) : (values.values[row] ?? null);
      const moment = isMissingCell(cell) ? null : toMoment(cell);
      const out = 2 * (at + row - from);
      [target.values[out], target.values[out + 1]] = splitMoment(moment);
      if (moment !== null) {
        this.#statistics.add(moment);
      } else if (isMissingCell(cell)) this.#statistics.addMissing();
      else {
        const message = `${quoted(String(cell))} is no moment, the column is a timestamp`;
        const hint = 'Write it by ISO 8601, such as 2024-05-01T12:30:00Z, or declare the column text';
        report(place, row, { code: 'notTimestamp', message, hint });
      }
    }
  }

  statistics(): FeatureStatistics {
    const told = this.#statistics.told(this.name, 'timestamp');
    const top = told.top.map(({ value, count }) => ({ value: new Date(Number(value)).toISOString(), count }));
    return { ...told, top };
  }
}
