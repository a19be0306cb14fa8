// The bytes of a shard file, little-endian (docs/datasets.md):
//   0   8 bytes  the magic "GSSHARD" and the version
//   8   u32      how many blocks
//   12  u32      how many rows
//   16  u64      bytes of the file
//   24  a table of 24 bytes a block: u32 dtype, u32 bytes of a row (0 for a heap), u64 offset, u64 bytes
//   then the blocks, each at a multiple of 64, zeros between them.
// Row r of a block lies at offset + r × bytes of a row.

import { SHARDS_VERSION, type ShardColumn, type ShardDtype } from '@gradstream/contracts';

export const ALIGNMENT = 64;
const HEADER_BYTES = 24;
const ENTRY_BYTES = 24;
const MAGIC = Buffer.from(`GSSHARD${String.fromCharCode(SHARDS_VERSION)}`, 'latin1');

/** Numbers of a row, by a shape. */
export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, length) => product * length, 1);

export const dtypeBytes: Readonly<Record<ShardDtype, number>> = { float32: 4, int32: 4, uint8: 1 };
const dtypeCodes: Readonly<Record<ShardDtype | 'heap', number>> = {
  float32: 1,
  int32: 2,
  uint8: 3,
  heap: 4,
};

/** Bytes of one row of a column, its heap left out. */
export const rowBytesOf = ({ dtype, shape }: Pick<ShardColumn, 'dtype' | 'shape'>): number =>
  dtypeBytes[dtype] * sizeOf(shape);

export interface Block {
  readonly dtype: ShardDtype | 'heap';
  readonly rowBytes: number;
  readonly offset: number;
  readonly bytes: number;
}

export interface Layout {
  readonly rows: number;
  readonly blocks: readonly Block[];
  readonly bytes: number;
}

const aligned = (offset: number): number => Math.ceil(offset / ALIGNMENT) * ALIGNMENT;

/** Where everything lies. `heaps` has the bytes of each heap, in the order of the columns that have one. */
export function layoutOf(columns: readonly ShardColumn[], rows: number, heaps: readonly number[]): Layout {
  const parts = columns.flatMap((column): Omit<Block, 'offset'>[] => {
    const rowBytes = rowBytesOf(column);
    const block = { dtype: column.dtype, rowBytes, bytes: rows * rowBytes };
    return column.heap ? [block, { dtype: 'heap', rowBytes: 0, bytes: 0 }] : [block];
  });
  let end = HEADER_BYTES + parts.length * ENTRY_BYTES;
  let heap = 0;
  const blocks = parts.map((part) => {
    const bytes = part.dtype === 'heap' ? (heaps[heap++] ?? 0) : part.bytes;
    const offset = aligned(end);
    end = offset + bytes;
    return { ...part, bytes, offset };
  });
  return { rows, blocks, bytes: end };
}

/** Bytes of the header and the table. */
export const headBytes = (blocks: number): number => HEADER_BYTES + blocks * ENTRY_BYTES;

export function writeHead({ rows, blocks, bytes }: Layout): Buffer {
  const head = Buffer.alloc(headBytes(blocks.length));
  MAGIC.copy(head);
  head.writeUInt32LE(blocks.length, 8);
  head.writeUInt32LE(rows, 12);
  head.writeBigUInt64LE(BigInt(bytes), 16);
  blocks.forEach((block, index) => {
    const at = HEADER_BYTES + index * ENTRY_BYTES;
    head.writeUInt32LE(dtypeCodes[block.dtype], at);
    head.writeUInt32LE(block.rowBytes, at + 4);
    head.writeBigUInt64LE(BigInt(block.offset), at + 8);
    head.writeBigUInt64LE(BigInt(block.bytes), at + 16);
  });
  return head;
}

/** The sizes of the heaps that a head claims; null when it is too short or has another magic. */
export function heapSizes(head: Buffer, columns: readonly ShardColumn[]): number[] | null {
  const blocks = columns.length + columns.filter(({ heap }) => heap).length;
  if (head.length < headBytes(blocks) || !head.subarray(0, 8).equals(MAGIC)) return null;
  let block = 0;
  return columns.flatMap(({ heap }) => {
    block += heap ? 2 : 1;
    return heap ? [Number(head.readBigUInt64LE(HEADER_BYTES + (block - 1) * ENTRY_BYTES + 16))] : [];
  });
}
