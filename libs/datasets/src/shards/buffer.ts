// The rows of a shard that is not full yet.

import type { ShardColumn, ShardDtype } from '@gradstream/contracts';
import type { FixedValues } from '../readers/source.js';
import { rowBytesOf, sizeOf } from './layout.js';

/** Bytes of rows, and of one heap, at which a shard is full. */
export const SHARD_BYTES = 32 * 2 ** 20;
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

/** The columns of a shard in the making. Memory: SHARD_BYTES for the rows and about as much for each heap. */
export class ShardBuffer {
  readonly capacity: number;
  readonly columns: readonly ColumnBuffer[];
  rows = 0;

  constructor(
    readonly schema: readonly ShardColumn[],
    maxRows = MAX_ROWS,
  ) {
    const rowBytes = schema.reduce((sum, column) => sum + rowBytesOf(column), 0);
    this.capacity = Math.max(1, Math.min(MAX_ROWS, maxRows, Math.floor(SHARD_BYTES / rowBytes)));
    this.columns = schema.map((column) => new ColumnBuffer(column, this.capacity));
  }

  get full(): boolean {
    return this.rows === this.capacity || this.columns.some(({ heapBytes }) => heapBytes >= SHARD_BYTES);
  }

  clear(): void {
    this.rows = 0;
    for (const column of this.columns) column.clear();
  }
}
