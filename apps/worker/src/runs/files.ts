// The files of an attempt: a folder with the dataset, and what the trainer writes into it.

import { GradstreamError } from '@gradstream/contracts';
import { CheckpointCommits, type ClaimedAttempt, type StoredCheckpoint } from '@gradstream/domain';
import { Storage } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { requireWhole } from '../datasets/shardFiles.js';
import { DatasetCache } from '../files/datasetCache.js';
import { WorkerFolder } from '../files/workerFolder.js';
import type { CheckpointMessage } from './uploads.js';

const unusable = (what: string, cause?: unknown): GradstreamError =>
  new GradstreamError(
    'CHECKPOINT_INVALID',
    `The run cannot go on: ${what}. Delete the checkpoint, or retry the run from its start.`,
    { cause },
  );

/** Throws an object that is gone as what it means here. */
function asInvalid(error: unknown): never {
  if (error instanceof GradstreamError && error.code === 'NOT_FOUND')
    throw unusable('a file of its checkpoint is gone', error);
  throw error;
}

@Injectable()
export class RunFiles {
  constructor(
    private readonly worker: WorkerFolder,
    private readonly cache: DatasetCache,
    private readonly storage: Storage,
    private readonly commits: CheckpointCommits,
  ) {}

  /** A fresh folder for an attempt. */
  async open({ runId, attempt }: ClaimedAttempt): Promise<string> {
    return mkdtemp(path.join(await this.worker.folder('attempts'), `${runId}-${attempt}-`));
  }

  /** Removes an attempt's folder; the dataset in it is no longer in use. */
  async close(folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true });
    await this.cache.trim();
  }

  /** A folder with the dataset's shards, in the attempt's own. Throws DATASET_UNREADABLE when they are not what was checked. */
  async dataset({ dataset }: ClaimedAttempt, folder: string, signal: AbortSignal): Promise<string> {
    requireWhole(dataset);
    const target = path.join(folder, 'dataset');
    await rm(target, { recursive: true, force: true }); // Of a try that failed.
    await mkdir(target);
    await this.cache.provideAll(dataset, target, signal);
    return target;
  }

  /**
   * The folder of the checkpoint that an attempt goes on from, in the attempt's own; undefined when it begins at step 0.
   * Throws CHECKPOINT_INVALID when what is stored is not what was committed.
   */
  async checkpoint(
    { resumeFrom }: ClaimedAttempt,
    folder: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    if (!resumeFrom) return undefined;
    const target = path.join(folder, 'resume', `step-${resumeFrom.step}`);
    await rm(target, { recursive: true, force: true }); // Of a try that failed.
    await mkdir(target, { recursive: true });
    for (const { name, objectKey, bytes, sha256 } of resumeFrom.files) {
      const read = await this.storage.downloadTo(objectKey, path.join(target, name), signal).catch(asInvalid);
      if (read.sha256 !== sha256 || read.bytes !== bytes)
        throw unusable(`${name} of step ${resumeFrom.step} is not the file that was committed`);
    }
    return target;
  }

  /** Stores a checkpoint's files and deletes them here; returns them with their keys. */
  async storeCheckpoint(
    claimed: ClaimedAttempt,
    { step, files }: CheckpointMessage,
    signal: AbortSignal,
  ): Promise<StoredCheckpoint['files']> {
    const planned = await this.commits.plan(claimed, step, files);
    for (const [index, { objectKey, bytes }] of planned.entries())
      await this.storage.putFile(objectKey, files[index]?.file ?? '', { bytes, signal });
    await this.discard(files.map(({ file }) => file));
    return planned;
  }

  /** Deletes files of the attempt. What cannot be deleted goes with its folder. */
  async discard(files: readonly string[]): Promise<void> {
    await Promise.allSettled(files.map((file) => rm(file, { force: true })));
  }
}
