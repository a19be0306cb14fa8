// The files of an attempt: the dataset in a cache that is keyed by content, and a folder for what the trainer writes.

import { GradstreamError } from '@gradstream/contracts';
import type { ClaimedAttempt } from '@gradstream/domain';
import { Config, Storage } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import path from 'node:path';

@Injectable()
export class RunFiles {
  readonly #cache: string;
  readonly #work: string;

  constructor(
    config: Config,
    private readonly storage: Storage,
  ) {
    this.#cache = path.join(config.dataFolder, 'worker', 'datasets');
    this.#work = path.join(config.dataFolder, 'worker', 'attempts');
  }

  /** The dataset's local file. Throws DATASET_UNREADABLE when it is not what was checked. */
  async dataset({ dataset }: ClaimedAttempt): Promise<string> {
    await mkdir(this.#cache, { recursive: true });
    const file = path.join(this.#cache, `${dataset.sha256}.csv`);
    const cached = await stat(file).catch(() => null);
    if (cached?.size === dataset.bytes) return file;
    const read = await this.storage.downloadTo(dataset.objectKey, file);
    if (read.sha256 === dataset.sha256) return file;
    await rm(file, { force: true });
    throw new GradstreamError(
      'DATASET_UNREADABLE',
      'The stored dataset is not the one that was checked: upload it again.',
    );
  }

  /** A fresh folder for an attempt. */
  async workFolder({ runId, attempt }: ClaimedAttempt): Promise<string> {
    await mkdir(this.#work, { recursive: true });
    return mkdtemp(path.join(this.#work, `${runId}-${attempt}-`));
  }

  /** Stores a checkpoint's file, keyed by its content; returns its key. */
  async storeCheckpoint(
    { projectId }: ClaimedAttempt,
    file: { file: string; bytes: number; sha256: string },
  ): Promise<string> {
    const key = `projects/${projectId}/checkpoints/${file.sha256}.safetensors`;
    const stored = await this.storage.stat(key);
    if (stored?.bytes !== file.bytes) await this.storage.putFile(key, file.file, { bytes: file.bytes });
    await rm(file.file, { force: true });
    return key;
  }
}
