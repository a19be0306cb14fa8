// The one form in which every reader hands on what it reads: batches of rows, column by column.

import type { ShardDtype } from '@gradstream/contracts';
import type { ProblemList } from './problems.js';

/** A value as a file has it: text of CSV, whatever JSON and Parquet hold. Null is a missing value. */
export type Cell = string | number | bigint | boolean | Date | null | readonly Cell[];

export type FixedValues = Float32Array | Int32Array | Uint8Array;

/** The values of a column in a batch: one cell a row, or numbers of a fixed shape, row by row. */
export type BatchColumn =
  | { readonly kind: 'cells'; readonly cells: readonly Cell[] }
  | { readonly kind: 'fixed'; readonly values: FixedValues };

export interface Batch {
  readonly rows: number;
  readonly columns: readonly BatchColumn[];
  /** The line of the file on which each row ends; null for formats without lines. */
  readonly lines: ArrayLike<number> | null;
}

/** A column whose values have a type that the file declares. */
export interface FixedColumn {
  readonly type: 'numeric' | 'array' | 'image';
  readonly dtype: ShardDtype;
  /** Of one row; [] is one number. */
  readonly shape: readonly number[];
}

export interface SourceColumn {
  readonly name: string;
  /** Null when the values are cells, from which the type is inferred. */
  readonly fixed: FixedColumn | null;
}

/** A file that is open for one reading. */
export interface TableSource {
  readonly columns: readonly SourceColumn[];
  /**
   * All rows in the order of the file. Rows that do not fit the columns are added to the problems and left out. Throws
   * DATASET_UNREADABLE when it cannot go on. Ends the file when the loop over it ends, however that comes.
   */
  batches(problems: ProblemList): AsyncIterable<Batch>;
  /** Ends the file, read or not; it may be called twice. */
  close(): Promise<void>;
}
