// What a reader takes at most. Claims in a file are checked against these before anything is allocated for them.

import { unreadable } from './problems.js';

export interface ReadLimits {
  /** Bytes of text or of encoded values, after decompression. */
  readonly maxBytes: number;
  /** Bytes that one record of text may have; keeps an unclosed quote or an endless line from taking all memory. */
  readonly maxRecordBytes: number;
  readonly maxColumns: number;
  /** Rows of a dataset: below 2^32, which is what a permutation takes. */
  readonly maxRows: number;
  /** Bytes of the decoded rows, as they are stored. */
  readonly maxStoredBytes: number;
}

const MiB = 2 ** 20;

export const DEFAULT_LIMITS: ReadLimits = {
  maxBytes: 1024 * MiB,
  maxRecordBytes: 4 * MiB,
  maxColumns: 10_000,
  maxRows: 1_000_000_000,
  maxStoredBytes: 16 * 1024 * MiB,
};

/** Bytes of one stored row: a batch and a shard hold at least one. */
const MAX_ROW_BYTES = 64 * MiB;

/** Throws DATASET_UNREADABLE for rows that are too large to be held. */
export function checkRowBytes(bytes: number): void {
  if (bytes <= MAX_ROW_BYTES) return;
  const message = `a row has ${bytes} bytes, the limit is ${MAX_ROW_BYTES}`;
  const hint = 'The first axis of arrays is the rows; bring images to a smaller size';
  throw unreadable({ code: 'rowTooLarge', message, hint });
}

/** How many rows a batch has at most, and about how many bytes. */
export const BATCH_ROWS = 4096;
export const BATCH_BYTES = 8 * MiB;

/** Rows of a batch whose rows have so many bytes. */
export const batchRows = (rowBytes: number): number =>
  Math.max(1, Math.min(BATCH_ROWS, Math.floor(BATCH_BYTES / Math.max(1, rowBytes))));
