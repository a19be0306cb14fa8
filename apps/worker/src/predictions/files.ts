// The files of predictions: weights in a folder of their predictor, and those of a dataset that a page needs. Nothing of
// them is read here.

import { GradstreamError } from '@gradstream/contracts';
import { INDEX_FILE } from '@gradstream/datasets';
import type { PredictionTask } from '@gradstream/domain';
import { Storage } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { DatasetCache } from '../files/datasetCache.js';
import { WorkerFolder } from '../files/workerFolder.js';

const unusable = (what: string, cause?: unknown): GradstreamError =>
  new GradstreamError('CHECKPOINT_INVALID', `The checkpoint cannot be used: ${what}. Use another one.`, {
    cause,
  });

/** A folder with weights. */
export interface WeightsFolder {
  readonly folder: string;
  readonly weightsFile: string;
}

type DatasetFiles = NonNullable<PredictionTask['dataset']>;

@Injectable()
export class PredictionFiles {
  constructor(
    private readonly worker: WorkerFolder,
    private readonly cache: DatasetCache,
    private readonly storage: Storage,
  ) {}

  /** Fetches weights. Throws CHECKPOINT_INVALID when they are not what was committed. The caller removes the folder. */
  async weights({ checkpointId, weights }: PredictionTask, signal: AbortSignal): Promise<WeightsFolder> {
    const folder = await mkdtemp(path.join(await this.worker.folder('predictors'), `${checkpointId}-`));
    try {
      const weightsFile = path.join(folder, weights.name);
      const read = await this.storage.downloadTo(weights.objectKey, weightsFile, signal);
      if (read.sha256 !== weights.sha256) throw unusable('its weights are not the file that was committed');
      return { folder, weightsFile };
    } catch (error) {
      await this.remove(folder);
      if (error instanceof GradstreamError && error.code === 'NOT_FOUND')
        throw unusable('its weights are gone', error);
      throw error;
    }
  }

  async remove(folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true });
  }

  /** A folder with a dataset's index. The caller closes it. */
  async openDataset(files: DatasetFiles, signal: AbortSignal): Promise<string> {
    const folder = await mkdtemp(path.join(await this.worker.folder('predictors'), 'page-'));
    try {
      await this.addFiles(files, [INDEX_FILE], folder, signal);
      return folder;
    } catch (error) {
      await this.closeDataset(folder);
      throw error;
    }
  }

  /** Adds files of a dataset to its folder; they stay in the cache for the next page. Throws DATASET_UNREADABLE. */
  async addFiles(
    files: DatasetFiles,
    names: readonly string[],
    folder: string,
    signal: AbortSignal,
  ): Promise<void> {
    for (const name of new Set(names)) {
      const file = files.find((one) => one.name === name);
      if (!file)
        throw new GradstreamError('DATASET_UNREADABLE', 'The dataset is not stored whole: upload it again.');
      await this.cache.provide(file, path.join(folder, name), signal);
    }
  }

  /** Removes the folder of a dataset, whose files are no longer in use. */
  async closeDataset(folder: string): Promise<void> {
    await this.remove(folder);
    await this.cache.trim();
  }
}
