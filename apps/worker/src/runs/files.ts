// The files of an attempt: a folder with the dataset, and what the trainer writes into it.

import type { ClaimedAttempt } from '@gradstream/domain';
import { Storage } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { DatasetCache } from '../files/datasetCache.js';
import { WorkerFolder } from '../files/workerFolder.js';

/** A file that is complete. */
interface CompleteFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

@Injectable()
export class RunFiles {
  constructor(
    private readonly worker: WorkerFolder,
    private readonly cache: DatasetCache,
    private readonly storage: Storage,
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

  /** The dataset's file in an attempt's folder. Throws DATASET_UNREADABLE when it is not what was checked. */
  async dataset({ dataset }: ClaimedAttempt, folder: string, signal: AbortSignal): Promise<string> {
    const file = path.join(folder, 'dataset.csv');
    await rm(file, { force: true }); // Of a try that failed.
    await this.cache.provide(dataset, file, signal);
    return file;
  }

  /** Stores a checkpoint's file, keyed by its content, and deletes it here; returns its key. */
  async storeCheckpoint(
    { projectId }: ClaimedAttempt,
    { file, bytes, sha256 }: CompleteFile,
    signal: AbortSignal,
  ): Promise<string> {
    const key = `projects/${projectId}/checkpoints/${sha256}.safetensors`;
    await this.storage.putFile(key, file, { bytes, signal });
    await rm(file, { force: true });
    return key;
  }
}
