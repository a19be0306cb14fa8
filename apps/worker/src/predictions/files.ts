// The files of predictions: weights in a folder of their predictor, and pages of datasets.

import { GradstreamError } from '@gradstream/contracts';
import { readCsvPage, type CsvPage } from '@gradstream/datasets';
import type { PredictionTask } from '@gradstream/domain';
import { Storage } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { DatasetCache, type DatasetObject } from '../files/datasetCache.js';
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

  /** Rows of a dataset, which stays in the cache for the next page. */
  async page(dataset: DatasetObject, from: number, limit: number, signal: AbortSignal): Promise<CsvPage> {
    const folder = await mkdtemp(path.join(await this.worker.folder('predictors'), 'page-'));
    try {
      const file = path.join(folder, 'dataset.csv');
      await this.cache.provide(dataset, file, signal);
      return await readCsvPage(createReadStream(file), from, limit);
    } finally {
      await this.remove(folder);
    }
  }
}
