// What turns the values of one column into stored ones.

import type { FeatureStatistics, FeatureType, ShardColumn } from '@gradstream/contracts';
import type { ProblemList } from '../readers/problems.js';
import type { BatchColumn } from '../readers/source.js';
import type { ColumnBuffer } from '../shards/buffer.js';

/** Where the values of a batch are in the file, for its problems. */
export interface Place {
  readonly problems: ProblemList;
  /** Lines of the rows of the batch; null for formats without lines. */
  readonly lines: ArrayLike<number> | null;
  /** Row of the dataset, from 0, at which the batch begins. */
  readonly firstRow: number;
  /** The column, counted from 1. */
  readonly column: number;
  readonly name: string;
}

/** Which rows of a batch go to which row of a shard. */
export interface Slice {
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

/** Takes a column's values in, in the order of the file. */
export interface ColumnEncoder {
  readonly type: FeatureType;
  /** The column as the shards have it; categories are known when all is read. */
  column(): ShardColumn;
  encode(values: BatchColumn, slice: Slice, target: ColumnBuffer, place: Place): void;
  statistics(): FeatureStatistics;
}

/** Adds a problem of one row's value. */
export function report(
  { problems, lines, firstRow, column, name }: Place,
  row: number,
  { code, message, hint }: { code: string; message: string; hint: string },
): void {
  const line = lines?.[row];
  const where = line === undefined ? `row ${firstRow + row + 1}, column "${name}": ` : '';
  problems.add({
    ...(line === undefined ? {} : { line }),
    column,
    code,
    message: `${where}${message}`,
    hint,
  });
}

/** A text that Postgres and JSON refuse. */
export const UNSTORABLE = {
  code: 'encoding',
  message: 'the text has U+0000, or half of a surrogate pair',
  hint: 'Remove such characters',
};
