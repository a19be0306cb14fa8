// Some rows of a dataset by their position, as cells by name of column: what a row to predict for is.

import type { ShardColumn } from '@gradstream/contracts';
import { joinMoment } from '../ingest/timestamp.js';
import type { Cell } from '../readers/source.js';
import type { ShardedDataset } from './reader.js';

export interface DatasetPage {
  readonly rows: Readonly<Record<string, Cell>>[];
  /** Whether rows follow. */
  readonly hasMore: boolean;
}

/** Values as lists in lists of a shape. */
function nested(values: readonly number[], shape: readonly number[]): Cell {
  const [length = 1, ...inner] = shape;
  if (inner.length === 0) return values.slice();
  const size = values.length / length;
  return Array.from({ length }, (_, at) => nested(values.slice(at * size, (at + 1) * size), inner));
}

const isoOf = (moment: number | null): string | null =>
  moment === null ? null : new Date(moment).toISOString();

/** The cells of a column; null for a missing value. */
function cellsOf(dataset: ShardedDataset, column: ShardColumn, positions: Uint32Array): Cell[] {
  const { name, type, shape, categories } = column;
  if (type === 'text') return dataset.texts(name, positions);
  const values = dataset.take(name, positions);
  const size = values.length / Math.max(1, positions.length);
  return Array.from(positions, (_, at): Cell => {
    const own = Array.from(values.subarray(at * size, (at + 1) * size));
    const [first = Number.NaN, second = 0] = own;
    switch (type) {
      case 'numeric':
        return Number.isNaN(first) ? null : first;
      case 'categorical':
        return categories?.[first] ?? null;
      case 'timestamp':
        return isoOf(joinMoment(first, second));
      default:
        return nested(own, shape);
    }
  });
}

/** Rows `from` (the first being 0) to `from + limit`. */
export function readPage(dataset: ShardedDataset, from: number, limit: number): DatasetPage {
  const end = Math.min(dataset.rows, from + limit);
  const positions = Uint32Array.from({ length: Math.max(0, end - from) }, (_, at) => from + at);
  const columns = dataset.index.columns.map(
    (column) => [column.name, cellsOf(dataset, column, positions)] as const,
  );
  const rows = Array.from(positions, (_, at) =>
    Object.fromEntries(columns.map(([name, cells]) => [name, cells[at] ?? null])),
  );
  return { rows, hasMore: end < dataset.rows };
}
