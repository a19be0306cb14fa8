// Checkpoints as a worker makes them, with files that are no tensors.

import { wholeCheckpointFiles } from '@gradstream/contracts';
import { CheckpointCommits, type ClaimedAttempt } from '@gradstream/domain';
import { Storage } from '@gradstream/platform';
import { createHash } from 'node:crypto';
import type { TestApi } from './app.js';

interface CheckpointChoices {
  readonly step: number;
  /** The step of which its files say that they are; its own unless said otherwise. */
  readonly contentStep?: number;
  readonly epoch?: number;
  readonly metrics?: Readonly<Record<string, number>>;
  /** Names of its files; all that training needs unless said otherwise. */
  readonly names?: readonly string[];
}

/** The content of a file of a checkpoint. */
export const contentOf = (name: string, step: number): Buffer => Buffer.from(`${name} of step ${step}`);

/** Uploads and commits a checkpoint of an attempt; returns the keys of its objects. */
export async function storeCheckpoint(
  { app }: TestApi,
  claim: ClaimedAttempt,
  { step, contentStep = step, epoch = 1, metrics = {}, names = wholeCheckpointFiles }: CheckpointChoices,
): Promise<string[]> {
  const contents = names.map((name) => ({ name, content: contentOf(name, contentStep) }));
  const files = contents.map(({ name, content }) => ({
    name,
    bytes: content.byteLength,
    sha256: createHash('sha256').update(content).digest('hex'),
  }));
  const planned = await app.get(CheckpointCommits).plan(claim, step, files);
  for (const [index, { objectKey }] of planned.entries())
    await app.get(Storage).putBytes(objectKey, contents[index]?.content ?? Buffer.alloc(0));
  await app.get(CheckpointCommits).commit(claim, { step, epoch, files: planned, metrics });
  return planned.map(({ objectKey }) => objectKey);
}
