import { isStorable, type FeatureStatistics, type ShardColumn } from '@gradstream/contracts';
import type { BatchColumn } from '../readers/source.js';
import type { ColumnBuffer } from '../shards/buffer.js';
import { ValueCounts } from '../statistics/counts.js';
import type { StatisticsDetail } from '../statistics/detail.js';
import { Moments } from '../statistics/moments.js';
import { isMissingCell, toText } from './cells.js';
import { report, UNSTORABLE, type ColumnEncoder, type Place, type Slice } from './encoder.js';
import { figuresOf } from './numberStatistics.js';

/** Longest text that is counted; where one is longer, no text of the column is. */
const COUNTED_LENGTH = 100;

/** UTF-8 in the heap of the shard; the row has its start and its length in bytes, the length -1 for a missing one. */
export class TextColumnEncoder implements ColumnEncoder {
  readonly type = 'text';
  readonly #lengths = new Moments();
  readonly #counts: ValueCounts<string>;
  #missing = 0;

  constructor(
    private readonly name: string,
    { maxDistinct }: StatisticsDetail,
  ) {
    this.#counts = new ValueCounts(maxDistinct);
  }

  column(): ShardColumn {
    return { name: this.name, type: 'text', dtype: 'int32', shape: [2], heap: true, categories: null };
  }

  encode(values: BatchColumn, { from, to, at }: Slice, target: ColumnBuffer, place: Place): void {
    for (let row = from; row < to; row++) {
      const cell = values.kind === 'cells' ? (values.cells[row] ?? null) : (values.values[row] ?? null);
      const text = isMissingCell(cell) ? null : toText(cell);
      if (text !== null && !isStorable(text)) report(place, row, UNSTORABLE);
      target.putText(at + row - from, text);
      if (text !== null) {
        this.#lengths.add(text.length);
        if (text.length <= COUNTED_LENGTH) this.#counts.add(text);
        else this.#counts.stop();
      } else if (isMissingCell(cell)) this.#missing++;
      else
        report(place, row, {
          code: 'notText',
          message: 'a list is no text',
          hint: 'Declare the column an array',
        });
    }
  }

  statistics(): FeatureStatistics {
    return {
      name: this.name,
      type: 'text',
      count: this.#lengths.count,
      missing: this.#missing,
      ...figuresOf(this.#lengths),
      quantiles: null,
      distinct: this.#counts.distinct,
      top: this.#counts.top,
    };
  }
}
