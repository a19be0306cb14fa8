// Copies rows out of blocks. Values of four bytes are copied as integers, whatever they are: one loop, which stays fast.

import type { ShardDtype } from '@gradstream/contracts';
import type { FixedValues } from '../readers/source.js';

/** Where rows lie: the shard of each, and its place in the shard. */
export interface Located {
  readonly shards: Uint32Array;
  readonly rows: Uint32Array;
}

export type Bits = Int32Array | Uint8Array;

/** A view of the bytes of values, in their own width. */
export const bitsOf = ({ buffer, byteOffset, length, BYTES_PER_ELEMENT }: FixedValues): Bits =>
  BYTES_PER_ELEMENT === 4
    ? new Int32Array(buffer, byteOffset, length)
    : new Uint8Array(buffer, byteOffset, length);

/** A view of part of a buffer; `offset` is a multiple of the width. */
export const bitsIn = (buffer: ArrayBufferLike, offset: number, bytes: number, dtype: ShardDtype): Bits =>
  dtype === 'uint8' ? new Uint8Array(buffer, offset, bytes) : new Int32Array(buffer, offset, bytes / 4);

function gatherWords(views: readonly (Bits | null)[], { shards, rows }: Located, out: Int32Array): void {
  const [only] = views;
  if (views.length === 1 && only instanceof Int32Array) {
    for (let at = 0; at < rows.length; at++) out[at] = only[rows[at] ?? 0] ?? 0;
    return;
  }
  for (let at = 0; at < rows.length; at++) {
    const view = views[shards[at] ?? 0];
    if (view instanceof Int32Array) out[at] = view[rows[at] ?? 0] ?? 0;
  }
}

/** Copies rows of `size` values from the shards that are in memory; the others are null, and their rows are left out. */
export function gather(views: readonly (Bits | null)[], located: Located, size: number, out: Bits): void {
  if (size === 1 && out instanceof Int32Array) {
    gatherWords(views, located, out);
    return;
  }
  const { shards, rows } = located;
  for (let at = 0; at < rows.length; at++) {
    const from = (rows[at] ?? 0) * size;
    const view = views[shards[at] ?? 0];
    if (view !== null && view !== undefined) out.set(view.subarray(from, from + size), at * size);
  }
}
