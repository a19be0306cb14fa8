// Reads the index of a dataset, and trusts nothing in it.

import { GradstreamError, shardIndexSchema, toProblemItems, type ShardIndex } from '@gradstream/contracts';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { hashIndex, INDEX_FILE } from './writer.js';

/** Bytes of an index: categories of many columns need the most of it. */
const MAX_INDEX_BYTES = 256 * 2 ** 20;

/** DATASET_UNREADABLE for stored data that is not as it was written. */
export const damaged = (file: string, why: string, cause?: unknown): GradstreamError =>
  new GradstreamError(
    'DATASET_UNREADABLE',
    `The stored dataset is damaged: ${file} ${why}. Fetch it again, or upload the dataset again.`,
    { errors: [{ code: 'damaged', message: `${file} ${why}` }], cause },
  );

const isMissingFile = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';

/** What a promise of the file system gives; a file that is not there is DATASET_UNREADABLE. */
export async function expectFile<T>(file: string, result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    throw isMissingFile(error) ? damaged(file, 'is not there', error) : error;
  }
}

/** Whether dtype, shape and heap of each column belong to its type, its name is there once, and the shards have all rows. */
function isConsistent({ columns, rows, shards }: ShardIndex): boolean {
  const names = new Set(columns.map(({ name }) => name));
  const counted = shards.reduce((sum, shard) => sum + shard.rows, 0);
  return (
    names.size === columns.length &&
    counted === rows &&
    columns.every(({ type, dtype, shape, heap, categories }) => {
      const isPair = dtype === 'int32' && shape.length === 1 && shape[0] === 2;
      if (heap !== (type === 'text') || (categories !== null) !== (type === 'categorical')) return false;
      if (type === 'text' || type === 'timestamp') return isPair;
      if (type === 'categorical') return dtype === 'int32' && shape.length === 0;
      if (type === 'numeric') return dtype === 'float32' && shape.length === 0;
      return type === 'image' ? dtype === 'uint8' && shape.length === 3 : true;
    })
  );
}

/** The index in a folder. Throws DATASET_UNREADABLE. */
export async function readIndex(folder: string): Promise<ShardIndex> {
  const file = path.join(folder, INDEX_FILE);
  const { size } = await expectFile(INDEX_FILE, stat(file));
  if (size > MAX_INDEX_BYTES) throw damaged(INDEX_FILE, `has ${size} bytes, the limit is ${MAX_INDEX_BYTES}`);
  const text = await expectFile(INDEX_FILE, readFile(file, 'utf8'));
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damaged(INDEX_FILE, 'is not JSON', error);
  }
  const parsed = shardIndexSchema.safeParse(json);
  if (!parsed.success) {
    const [first] = toProblemItems(parsed.error.issues);
    throw damaged(INDEX_FILE, `is no index: ${first?.pointer ?? ''} ${first?.message ?? ''}`, parsed.error);
  }
  const index = parsed.data;
  if (!isConsistent(index)) throw damaged(INDEX_FILE, 'contradicts itself');
  if (hashIndex(index) !== index.sha256) throw damaged(INDEX_FILE, 'has another hash than it says');
  return index;
}
