import type { FeatureStatistics, ShardColumn } from '@gradstream/contracts';
import type { BatchColumn, FixedColumn } from '../readers/source.js';
import type { ColumnBuffer } from '../shards/buffer.js';
import { sizeOf } from '../shards/layout.js';
import { Moments } from '../statistics/moments.js';
import { flattenInto, isMissingCell } from './cells.js';
import { report, type ColumnEncoder, type Place, type Slice } from './encoder.js';
import { figuresOf } from './numberStatistics.js';

/** Numbers of one shape a row. A row that is missing is a problem: no number would say so. */
export class ArrayEncoder implements ColumnEncoder {
  readonly type: 'array' | 'image';
  readonly #moments = new Moments();
  readonly #size: number;
  #rows = 0;

  constructor(
    private readonly name: string,
    private readonly fixed: FixedColumn,
  ) {
    this.type = fixed.type === 'image' ? 'image' : 'array';
    this.#size = sizeOf(fixed.shape);
  }

  column(): ShardColumn {
    const { dtype, shape } = this.fixed;
    return { name: this.name, type: this.type, dtype, shape: [...shape], heap: false, categories: null };
  }

  encode(values: BatchColumn, slice: Slice, target: ColumnBuffer, place: Place): void {
    const { from, to, at } = slice;
    const size = this.#size;
    if (values.kind === 'fixed') target.values.set(values.values.subarray(from * size, to * size), at * size);
    for (let row = from; row < to; row++) {
      const start = (at + row - from) * size;
      if (values.kind === 'cells') this.#flatten(values, row, target, start, place);
      this.#measure(target, start, row, place);
    }
    this.#rows += to - from;
  }

  statistics(): FeatureStatistics {
    return {
      name: this.name,
      type: this.type,
      count: this.#rows,
      missing: 0,
      ...figuresOf(this.#moments),
      quantiles: null,
      distinct: null,
      top: [],
    };
  }

  #flatten(values: BatchColumn, row: number, target: ColumnBuffer, start: number, place: Place): void {
    const cell = values.kind === 'cells' ? (values.cells[row] ?? null) : null;
    if (flattenInto(cell, this.fixed.shape, target.values, start)) return;
    const message = isMissingCell(cell)
      ? 'the array is missing'
      : `is no array of finite numbers with the shape [${this.fixed.shape.join(', ')}], as the first row is`;
    report(place, row, { code: 'badArray', message, hint: 'Give every row an array of one shape' });
  }

  #measure(target: ColumnBuffer, start: number, row: number, place: Place): void {
    if (this.#moments.addAll(target.values, start, start + this.#size)) return;
    const message = 'holds NaN, an infinity, or a number beyond float32';
    report(place, row, { code: 'notFinite', message, hint: 'Replace what is not a finite number' });
  }
}
