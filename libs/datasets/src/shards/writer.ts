// Writes a dataset as shards: each file under a temporary name, synced, then renamed to its hash; the index last. A folder
// without an index holds no dataset, so a crash at any moment leaves a whole one or none.

import { SHARDS_VERSION, type ShardColumn, type ShardEntry, type ShardIndex } from '@gradstream/contracts';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ShardBuffer } from './buffer.js';
import { layoutOf, writeHead } from './layout.js';

export const INDEX_FILE = 'index.json';
export const shardFile = (sha256: string): string => `${sha256}.shard`;

/** The hash of a whole dataset: of its index as JSON, the keys in the order of the schema. */
export function hashIndex({ format, version, rows, columns, shards }: Omit<ShardIndex, 'sha256'>): string {
  const json = JSON.stringify({
    format,
    version,
    rows,
    columns: columns.map(({ name, type, dtype, shape, heap, categories }) => ({
      name,
      type,
      dtype,
      shape,
      heap,
      categories,
    })),
    shards: shards.map(({ sha256, bytes, rows: count }) => ({ sha256, bytes, rows: count })),
  });
  return createHash('sha256').update(json).digest('hex');
}

/** Writes bytes under a name that exists only when all of them are on the disk. */
async function writeWhole(
  folder: string,
  parts: Iterable<Uint8Array>,
  nameOf: (sha256: string) => string,
): Promise<{ sha256: string; bytes: number }> {
  const partial = path.join(folder, `.partial-${randomUUID()}`);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    const file = await open(partial, 'wx');
    try {
      for (const part of parts) {
        hash.update(part);
        await file.writeFile(part);
        bytes += part.byteLength;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    const sha256 = hash.digest('hex');
    await rename(partial, path.join(folder, nameOf(sha256)));
    return { sha256, bytes };
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** The bytes of a shard, part by part. */
function* shardParts({ rows, schema, columns }: ShardBuffer): Generator<Uint8Array> {
  const heaps = columns.filter((_, index) => schema[index]?.heap === true).map(({ heapBytes }) => heapBytes);
  const layout = layoutOf(schema, rows, heaps);
  const blocks = columns.flatMap((column, index) => {
    const { buffer, byteOffset, BYTES_PER_ELEMENT } = column.values;
    const values = new Uint8Array(buffer, byteOffset, rows * column.size * BYTES_PER_ELEMENT);
    return schema[index]?.heap === true ? [values, column.heap] : [values];
  });
  const head = writeHead(layout);
  yield head;
  let end = head.byteLength;
  for (const [index, block] of layout.blocks.entries()) {
    const bytes = blocks[index];
    if (bytes === undefined) continue;
    yield Buffer.alloc(block.offset - end);
    yield bytes;
    end = block.offset + block.bytes;
  }
}

/** Writes shards into a folder of its own. Errors of the disk pass through. */
export class ShardWriter {
  readonly #shards: ShardEntry[] = [];
  #rows = 0;
  #bytes = 0;
  #indexed = false;

  constructor(readonly folder: string) {}

  get bytes(): number {
    return this.#bytes;
  }

  /** Writes the rows that a buffer holds, and empties it. */
  async write(buffer: ShardBuffer): Promise<void> {
    if (buffer.rows === 0) return;
    await mkdir(this.folder, { recursive: true });
    const { rows } = buffer;
    const written = await writeWhole(this.folder, shardParts(buffer), shardFile);
    this.#shards.push({ ...written, rows });
    this.#rows += rows;
    this.#bytes += written.bytes;
    buffer.clear();
  }

  /** Writes the index; now the dataset exists. */
  async finish(columns: readonly ShardColumn[]): Promise<ShardIndex> {
    const content: Omit<ShardIndex, 'sha256'> = {
      format: 'gradstream-shards',
      version: SHARDS_VERSION,
      rows: this.#rows,
      columns: [...columns],
      shards: this.#shards,
    };
    const index = { ...content, sha256: hashIndex(content) };
    await writeWhole(this.folder, [Buffer.from(JSON.stringify(index))], () => INDEX_FILE);
    this.#indexed = true;
    const folder = await open(this.folder);
    await folder.sync().finally(() => folder.close());
    return index;
  }

  /** Removes what was written of a dataset that is not to be. */
  async discard(): Promise<void> {
    // First: without it the rest is no dataset.
    if (this.#indexed) await rm(path.join(this.folder, INDEX_FILE), { force: true });
    for (const { sha256 } of this.#shards)
      await rm(path.join(this.folder, shardFile(sha256)), { force: true });
  }
}
