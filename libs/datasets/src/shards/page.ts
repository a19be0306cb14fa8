// Some rows of a dataset by their position, as values by name of column: what a row to predict for is. A page is bounded
// by bytes as well as by rows, so that rows of any size are read in bounded memory.

import type { ShardColumn, ShardIndex } from '@gradstream/contracts';
import { joinMoment } from '../ingest/timestamp.js';
import { StoredArray } from './storedArray.js';
import type { ShardedDataset } from './reader.js';
import type { Row, RowValue } from '../preprocessing/column-values.js';

/** Bytes of a page's rows at most, as they are stored. */
const PAGE_BYTES = 32 * 2 ** 20;

/** Rows that follow each other. */
export interface PageRange {
  /** Position of the first one. */
  readonly from: number;
  readonly rows: number;
  /** Hashes of the shards that hold them. */
  readonly shards: ReadonlySet<string>;
  /** Whether rows follow. */
  readonly hasMore: boolean;
}

/**
 * The rows from position `from` on: at most `limit`, and one at least where there is one, of which all take no more than
 * 32 MiB. The bytes of a row are the mean of its shard.
 */
export function pageRange(
  { rows, shards }: Pick<ShardIndex, 'rows' | 'shards'>,
  from: number,
  limit: number,
): PageRange {
  const held = new Set<string>();
  let [first, end, left] = [0, from, PAGE_BYTES];
  for (const shard of shards) {
    const next = first + shard.rows;
    first = next;
    if (end >= next) continue;
    const rowBytes = shard.bytes / shard.rows;
    const fitting = Math.max(Math.floor(left / rowBytes), Number(end === from));
    const taken = Math.min(next - end, from + limit - end, fitting);
    if (taken <= 0) break;
    held.add(shard.sha256);
    end += taken;
    left -= taken * rowBytes;
    if (end < next) break;
  }
  return { from, rows: end - from, shards: held, hasMore: end < rows };
}

const isoOf = (moment: number | null): string | null =>
  moment === null ? null : new Date(moment).toISOString();

/** The values of a column; null for a missing one. */
function valuesOf(dataset: ShardedDataset, column: ShardColumn, positions: Uint32Array): RowValue[] {
  const { name, type, shape, categories } = column;
  if (type === 'text') return dataset.texts(name, positions);
  const values = dataset.take(name, positions);
  const size = values.length / Math.max(1, positions.length);
  return Array.from(positions, (_, at): RowValue => {
    const own = values.subarray(at * size, (at + 1) * size);
    const [first = Number.NaN, second = 0] = own;
    switch (type) {
      case 'numeric':
        return Number.isNaN(first) ? null : first;
      case 'categorical':
        return categories?.[first] ?? null;
      case 'timestamp':
        return isoOf(joinMoment(first, second));
      default:
        return new StoredArray(own, shape);
    }
  });
}

/** The rows of a page by the columns of these names, as far as the dataset has them. */
export function readPage(
  dataset: ShardedDataset,
  { from, rows }: Pick<PageRange, 'from' | 'rows'>,
  names: readonly string[],
): Row[] {
  const positions = Uint32Array.from({ length: rows }, (_, at) => from + at);
  const wanted = new Set(names);
  const columns = dataset.index.columns
    .filter(({ name }) => wanted.has(name))
    .map((column) => [column.name, valuesOf(dataset, column, positions)] as const);
  return Array.from(positions, (_, at) =>
    Object.fromEntries(columns.map(([name, values]) => [name, values[at] ?? null])),
  );
}
