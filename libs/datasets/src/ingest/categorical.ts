import { isStorable, type FeatureStatistics, type ShardColumn } from '@gradstream/contracts';
import type { BatchColumn } from '../readers/source.js';
import type { ColumnBuffer } from '../shards/buffer.js';
import { topOf } from '../statistics/counts.js';
import { isMissingCell, toText } from './cells.js';
import { report, UNSTORABLE, type ColumnEncoder, type Place, type Slice } from './encoder.js';

/** How many categories a column has at most, and how long one is in characters. */
export const MAX_CATEGORIES = 65_536;
const MAX_LENGTH = 1000;

/** A code a row, int32, into the list of categories in the order of their first occurrence; -1 is a missing one. */
export class CategoricalEncoder implements ColumnEncoder {
  readonly type = 'categorical';
  readonly #codes = new Map<string, number>();
  readonly #counts: number[] = [];
  #missing = 0;
  #refused = false;

  constructor(private readonly name: string) {}

  column(): ShardColumn {
    const categories = [...this.#codes.keys()];
    return { name: this.name, type: 'categorical', dtype: 'int32', shape: [], heap: false, categories };
  }

  encode(values: BatchColumn, { from, to, at }: Slice, target: ColumnBuffer, place: Place): void {
    for (let row = from; row < to; row++) {
      const cell = values.kind === 'cells' ? (values.cells[row] ?? null) : (values.values[row] ?? null);
      if (isMissingCell(cell)) {
        this.#missing++;
        target.values[at + row - from] = -1;
      } else target.values[at + row - from] = this.#codeOf(toText(cell), row, place);
    }
  }

  statistics(): FeatureStatistics {
    const counts = [...this.#codes.keys()].map((value, code): [string, number] => [
      value,
      this.#counts[code] ?? 0,
    ]);
    return {
      name: this.name,
      type: 'categorical',
      count: counts.reduce((sum, [, count]) => sum + count, 0),
      missing: this.#missing,
      min: null,
      max: null,
      mean: null,
      std: null,
      quantiles: null,
      distinct: this.#codes.size,
      top: topOf(counts),
    };
  }

  #codeOf(text: string | null, row: number, place: Place): number {
    let code = text === null ? undefined : this.#codes.get(text);
    if (code === undefined) {
      const refusal = this.#refusalOf(text);
      if (text === null || refusal !== null) {
        // One such value is enough to know: the others would fill the list.
        if (refusal !== null && !this.#refused) report(place, row, refusal);
        this.#refused = true;
        return -1;
      }
      code = this.#codes.size;
      this.#codes.set(text, code);
      this.#counts.push(0);
    }
    this.#counts[code] = (this.#counts[code] ?? 0) + 1;
    return code;
  }

  #refusalOf(text: string | null): { code: string; message: string; hint: string } | null {
    if (text === null)
      return {
        code: 'notCategorical',
        message: 'a list is no category',
        hint: 'Declare the column an array',
      };
    if (text.length > MAX_LENGTH) {
      const message = `a category has ${text.length} characters, the limit is ${MAX_LENGTH}`;
      return { code: 'longCategory', message, hint: 'Declare the column text' };
    }
    if (!isStorable(text)) return UNSTORABLE;
    if (this.#codes.size < MAX_CATEGORIES) return null;
    const message = `there are more than ${MAX_CATEGORIES} categories`;
    return { code: 'tooManyCategories', message, hint: 'Declare the column text' };
  }
}
