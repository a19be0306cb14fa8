// The files that make up a stored dataset.

import { GradstreamError, type ShardIndex } from '@gradstream/contracts';
import { INDEX_FILE, shardFile } from '@gradstream/datasets';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** A file by its content. */
export interface ContentFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The shards and the index in a folder, as their names in it. Shards that are equal are one file. */
export async function listFiles(folder: string, { shards }: ShardIndex): Promise<ContentFile[]> {
  const index = await readFile(path.join(folder, INDEX_FILE));
  const sha256 = createHash('sha256').update(index).digest('hex');
  const distinct = new Map(shards.map((shard) => [shard.sha256, shard]));
  return [
    ...Array.from(distinct.values(), (shard) => ({
      name: shardFile(shard.sha256),
      bytes: shard.bytes,
      sha256: shard.sha256,
    })),
    { name: INDEX_FILE, bytes: index.byteLength, sha256 },
  ];
}

/** Throws DATASET_UNREADABLE for a stored dataset that has no index, or names that could leave a folder. */
export function requireWhole(files: readonly ContentFile[]): void {
  const named = files.every(({ name, sha256 }) => name === INDEX_FILE || name === shardFile(sha256));
  if (named && files.some(({ name }) => name === INDEX_FILE)) return;
  throw new GradstreamError('DATASET_UNREADABLE', 'The dataset is not stored whole: upload it again.');
}
