// The files of predictions: weights in a folder of their predictor, and pages of datasets.

import { GradstreamError, predictionRowSchema, type PredictionRow } from '@gradstream/contracts';
import { readPage, ShardedDataset } from '@gradstream/datasets';
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

/** Rows of a dataset. */
export interface Page {
  readonly rows: PredictionRow[];
  readonly hasMore: boolean;
  /** The place of the first one. */
  readonly from: number;
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
  async page(
    files: NonNullable<PredictionTask['dataset']>,
    from: number,
    limit: number,
    signal: AbortSignal,
  ): Promise<Page> {
    const folder = await mkdtemp(path.join(await this.worker.folder('predictors'), 'page-'));
    try {
      for (const file of files) await this.cache.provide(file, path.join(folder, file.name), signal);
      const dataset = await ShardedDataset.open(folder);
      try {
        const { rows: cells, hasMore } = readPage(dataset, from, limit);
        const rows = cells.map((row) => predictionRowSchema.parse(row));
        return { rows, from, hasMore };
      } finally {
        dataset.close();
      }
    } finally {
      await this.remove(folder);
    }
  }
}
