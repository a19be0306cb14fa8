// Rows of a stored dataset by position. Shards that fit into the budget of memory are held as they are in their files; of
// the others, rows are read from the file one by one.

import type { ShardColumn, ShardEntry, ShardIndex } from '@gradstream/contracts';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import type { FixedValues } from '../readers/source.js';
import { newValues } from './buffer.js';
import { bitsIn, bitsOf, gather, type Bits, type Located } from './gather.js';
import { damaged, expectFile, readIndex } from './index-file.js';
import { headBytes, heapSizes, layoutOf, sizeOf, writeHead, type Layout } from './layout.js';
import { shardFile } from './writer.js';

/** Bytes that are hashed at a time while a file is checked. */
const CHUNK = 4 * 2 ** 20;

/** An open shard: its bytes, or the file that has them. */
interface Shard {
  readonly layout: Layout;
  readonly memory: Buffer | null;
  readonly fd: number;
}

export interface OpenOptions {
  /** Bytes of shards that are held in memory at most. */
  readonly memoryBytes?: number;
  /** Hashes of the shards that are opened, the rows of others being out of reach; all when left out. */
  readonly only?: ReadonlySet<string>;
}

/** Opens one shard: every byte hashed, the head compared with what the index says it must be. */
async function openShard(
  folder: string,
  { sha256, bytes, rows }: ShardEntry,
  columns: readonly ShardColumn[],
  hold: boolean,
): Promise<Shard> {
  const name = shardFile(sha256);
  const file = path.join(folder, name);
  const { size } = await expectFile(name, stat(file));
  if (size !== bytes) throw damaged(name, `has ${size} bytes, ${bytes} are expected`);
  const blocks = columns.length + columns.filter(({ heap }) => heap).length;
  const memory = hold ? Buffer.from(new ArrayBuffer(bytes)) : null;
  const head = Buffer.alloc(Math.min(bytes, headBytes(blocks)));
  const chunk = Buffer.allocUnsafe(Math.min(CHUNK, bytes));
  const hash = createHash('sha256');
  const handle = await expectFile(name, open(file));
  try {
    for (let at = 0; at < bytes;) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, at);
      if (bytesRead === 0) throw damaged(name, 'became shorter while it was read');
      const part = chunk.subarray(0, bytesRead);
      hash.update(part);
      memory?.set(part, at);
      if (at < head.length) part.copy(head, at);
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
  if (hash.digest('hex') !== sha256) throw damaged(name, 'has another hash than its name says');
  const heaps = heapSizes(head, columns);
  const layout = heaps === null ? null : layoutOf(columns, rows, heaps);
  if (layout?.bytes !== bytes || !writeHead(layout).equals(head))
    throw damaged(name, 'has a head that contradicts the index');
  return { layout, memory, fd: hold ? -1 : openSync(file, 'r') };
}

/** Bytes of a shard. */
function bytesAt({ fd, memory }: Shard, offset: number, bytes: number): Buffer {
  if (memory !== null) return memory.subarray(offset, offset + bytes);
  const out = Buffer.allocUnsafe(bytes);
  if (readSync(fd, out, 0, bytes, offset) !== bytes)
    throw damaged('a shard', 'became shorter while it was read');
  return out;
}

function closeAll(shards: readonly (Shard | null)[]): void {
  for (const shard of shards) if (shard && shard.fd !== -1) closeSync(shard.fd);
}

/** A dataset that is open for reading. What it gives has been checked against its hashes. */
export class ShardedDataset {
  /** Null is one that was not to be opened. */
  readonly #shards: readonly (Shard | null)[];
  /** The first row of each shard. */
  readonly #firsts: Float64Array;
  readonly #views = new Map<string, readonly (Bits | null)[]>();
  /** Position of each column's block in a shard. */
  readonly #blocks: ReadonlyMap<string, number>;

  private constructor(
    readonly index: ShardIndex,
    shards: readonly (Shard | null)[],
  ) {
    this.#shards = shards;
    let first = 0;
    this.#firsts = Float64Array.from(index.shards, ({ rows }) => (first += rows) - rows);
    let block = 0;
    this.#blocks = new Map(
      index.columns.map(({ name, heap }) => {
        const at = block;
        block += heap ? 2 : 1;
        return [name, at];
      }),
    );
  }

  /** Reads every byte of the shards once. Throws DATASET_UNREADABLE when the folder does not hold them whole. */
  static async open(
    folder: string,
    { memoryBytes = 2 ** 32, only }: OpenOptions = {},
  ): Promise<ShardedDataset> {
    const index = await readIndex(folder);
    const shards: (Shard | null)[] = [];
    let left = memoryBytes;
    try {
      for (const entry of index.shards) {
        if (only?.has(entry.sha256) === false) {
          shards.push(null);
          continue;
        }
        const hold = entry.bytes <= left;
        if (hold) left -= entry.bytes;
        shards.push(await openShard(folder, entry, index.columns, hold));
      }
    } catch (error) {
      closeAll(shards);
      throw error;
    }
    return new ShardedDataset(index, shards);
  }

  get rows(): number {
    return this.index.rows;
  }

  /** A column of the index. Throws DATASET_UNREADABLE when there is none of that name. */
  column(name: string): ShardColumn {
    const found = this.index.columns.find((column) => column.name === name);
    if (found === undefined) throw damaged('index.json', `has no column "${name}"`);
    return found;
  }

  /** Where rows lie, for several columns of one batch. Throws DATASET_UNREADABLE for a position that is none. */
  locate(positions: ArrayLike<number>): Located {
    const shards = new Uint32Array(positions.length);
    const rows = new Uint32Array(positions.length);
    for (let at = 0; at < positions.length; at++) {
      const position = positions[at] ?? 0;
      const shard = this.#shardAt(position);
      shards[at] = shard;
      rows[at] = position - (this.#firsts[shard] ?? 0);
    }
    return { shards, rows };
  }

  /**
   * The values of a column at some rows, [positions, ...shape], in a new array. Of text they are where each lies: use
   * `texts`. Throws DATASET_UNREADABLE for a position that is none.
   */
  take(name: string, positions: ArrayLike<number> | Located): FixedValues {
    const located = 'shards' in positions ? positions : this.locate(positions);
    const column = this.column(name);
    const size = sizeOf(column.shape);
    const out = newValues(column.dtype, located.rows.length * size);
    const views = this.#viewsOf(column);
    gather(views, located, size, bitsOf(out));
    if (views.includes(null)) this.#readRows(column, located, out);
    return out;
  }

  /** The texts of a text column at some rows; null is a missing one. */
  texts(name: string, positions: ArrayLike<number> | Located): (string | null)[] {
    const located = 'shards' in positions ? positions : this.locate(positions);
    const block = this.#blockOf(this.column(name));
    const places = this.take(name, located);
    return Array.from(located.shards, (number, at) => {
      const start = places[2 * at] ?? 0;
      const bytes = places[2 * at + 1] ?? -1;
      if (bytes < 0) return null;
      const shard = this.#shards[number];
      const heap = shard?.layout.blocks[block + 1];
      if (!shard || heap === undefined || start < 0 || start + bytes > heap.bytes)
        throw damaged('a shard', 'has a text that lies outside its block');
      return bytesAt(shard, heap.offset + start, bytes).toString('utf8');
    });
  }

  /** Closes the files; nothing can be read after it. */
  close(): void {
    closeAll(this.#shards);
  }

  /** Which shard has a row: the last one that begins at or before it. */
  #shardAt(position: number): number {
    if (!Number.isInteger(position) || position < 0 || position >= this.rows)
      throw damaged('index.json', `has ${this.rows} rows, and none at position ${position}`);
    let [low, high] = [0, this.#shards.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#firsts[middle] ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    if (this.#shards[low] === null) throw new Error(`the shard of row ${position} was not to be opened`);
    return low;
  }

  #blockOf({ name }: ShardColumn): number {
    return this.#blocks.get(name) ?? 0;
  }

  /** A column's block of each shard, without a copy; null where it is in a file. */
  #viewsOf(column: ShardColumn): readonly (Bits | null)[] {
    const known = this.#views.get(column.name);
    if (known !== undefined) return known;
    const block = this.#blockOf(column);
    const views = this.#shards.map((shard) => {
      const place = shard?.layout.blocks[block];
      const memory = shard?.memory ?? null;
      if (memory === null || place === undefined) return null;
      return bitsIn(memory.buffer, memory.byteOffset + place.offset, place.bytes, column.dtype);
    });
    this.#views.set(column.name, views);
    return views;
  }

  /** Reads the rows that are not in memory. */
  #readRows(column: ShardColumn, { shards, rows }: Located, out: FixedValues): void {
    const target = new Uint8Array(out.buffer);
    const block = this.#blockOf(column);
    for (let at = 0; at < rows.length; at++) {
      const shard = this.#shards[shards[at] ?? 0];
      const place = shard?.layout.blocks[block];
      if (!shard || place === undefined || shard.memory !== null) continue;
      const offset = place.offset + (rows[at] ?? 0) * place.rowBytes;
      target.set(bytesAt(shard, offset, place.rowBytes), at * place.rowBytes);
    }
  }
}
