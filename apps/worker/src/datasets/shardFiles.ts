// The files that make up a stored dataset.

import { GradstreamError, type ShardIndex } from '@gradstream/contracts';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const INDEX = 'index.json';

/** A file by its content. */
export interface ContentFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The shards and the index in a folder, as their names in it. */
export async function listFiles(folder: string, { shards }: ShardIndex): Promise<ContentFile[]> {
  const index = await readFile(path.join(folder, INDEX));
  const sha256 = createHash('sha256').update(index).digest('hex');
  return [
    ...shards.map((shard) => ({ name: `${shard.sha256}.shard`, bytes: shard.bytes, sha256: shard.sha256 })),
    { name: INDEX, bytes: index.byteLength, sha256 },
  ];
}

/** Throws DATASET_UNREADABLE for a stored dataset that has no index, or names that could leave a folder. */
export function requireWhole(files: readonly ContentFile[]): void {
  const named = files.every(({ name, sha256 }) => name === INDEX || name === `${sha256}.shard`);
  if (named && files.some(({ name }) => name === INDEX)) return;
  throw new GradstreamError('DATASET_UNREADABLE', 'The dataset is not stored whole: upload it again.');
}
