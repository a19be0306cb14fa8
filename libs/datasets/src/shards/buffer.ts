// The rows of a shard that is not full yet.

import type { ShardColumn, ShardDtype } from '@gradstream/contracts';
import type { FixedValues } from '../readers/source.js';
import { rowBytesOf, sizeOf } from './layout.js';

/** Bytes of rows, and of all heaps together, at which a shard is full. */
const SHARD_BYTES = 32 * 2 ** 20;
/** After how many rows heaps are looked at: a shard must end at the same row however its rows come. */
const HEAP_ROWS = 16;
const MAX_ROWS = 2 ** 20;

export const newValues = (dtype: ShardDtype, length: number): FixedValues =>
  dtype === 'float32'
    ? new Float32Array(length)
    : dtype === 'int32'
      ? new Int32Array(length)
      : new Uint8Array(length);

/** The values of one column; of text, where each lies in the heap: start and length, the length of a missing one -1. */
export class ColumnBuffer {
  readonly values: FixedValues;
  readonly size: number;
  #heap = Buffer.alloc(0);
  #heapBytes = 0;

  constructor(column: ShardColumn, capacity: number) {
    this.size = sizeOf(column.shape);
    this.values = newValues(column.dtype, this.size * capacity);
  }

  get heapBytes(): number {
    return this.#heapBytes;
  }

  get heap(): Buffer {
    return this.#heap.subarray(0, this.#heapBytes);
  }

  /** Puts a text at a row; null is a missing one. */
  putText(row: number, text: string | null): void {
    const bytes = text === null ? -1 : Buffer.byteLength(text);
    if (text !== null) {
      this.#grow(this.#heapBytes + bytes);
      this.#heap.write(text, this.#heapBytes);
    }
    this.values[2 * row] = this.#heapBytes;
    this.values[2 * row + 1] = bytes;
    this.#heapBytes += Math.max(0, bytes);
  }

  clear(): void {
    this.#heapBytes = 0;
  }

  #grow(bytes: number): void {
    if (bytes <= this.#heap.length) return;
    const larger = Buffer.alloc(Math.max(bytes, 2 * this.#heap.length, 2 ** 16));
    this.heap.copy(larger);
    this.#heap = larger;
  }
}

export interface ShardSize {
  /** Rows of a shard at most. */
  readonly rows?: number;
  /** Bytes of its rows, and of its heaps together, at which it ends. */
  readonly bytes?: number;
}

/** The columns of a shard in the making. Memory: 32 MiB for the rows, twice as much for heaps, and 16 rows of texts. */
export class ShardBuffer {
  readonly columns: readonly ColumnBuffer[];
  rows = 0;
  readonly #capacity: number;
  readonly #heapBytes: number;
  readonly #step: number;

  constructor(
    readonly schema: readonly ShardColumn[],
    { rows = MAX_ROWS, bytes = SHARD_BYTES }: ShardSize = {},
  ) {
    const rowBytes = schema.reduce((sum, column) => sum + rowBytesOf(column), 0);
    this.#capacity = Math.max(1, Math.min(MAX_ROWS, rows, Math.floor(bytes / rowBytes)));
    this.#heapBytes = bytes;
    this.#step = schema.some(({ heap }) => heap) ? HEAP_ROWS : this.#capacity;
    this.columns = schema.map((column) => new ColumnBuffer(column, this.#capacity));
  }

  /** How many rows may be added before `full` is asked again. */
  get room(): number {
    return Math.min(this.#capacity - this.rows, this.#step - (this.rows % this.#step));
  }

  get full(): boolean {
    if (this.rows === this.#capacity) return true;
    if (this.rows % this.#step !== 0) return false;
    return this.columns.reduce((sum, { heapBytes }) => sum + heapBytes, 0) >= this.#heapBytes;
  }

  clear(): void {
    this.rows = 0;
    for (const column of this.columns) column.clear();
  }
}
