// Predictions as a worker sees them: what is to be predicted from what, and its answer.

import { runSpecSchema, type RunSpec, type StoredAnswer } from '@gradstream/contracts';
import {
  CheckpointRepository,
  Database,
  DatasetRepository,
  PredictionRepository,
  RunRepository,
  type CheckpointFile,
  type DatasetFile,
} from '@gradstream/data';
import { Wakeups } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { filesOf, weightsOf } from '../checkpoints/files.js';
import { filesOf as filesOfDataset } from '../datasets/map.js';
import { WAIT_MS } from './waits.js';

/** A prediction that waits for a worker. */
export interface PredictionTask {
  readonly id: string;
  readonly checkpointId: string;
  readonly weights: CheckpointFile;
  readonly spec: RunSpec;
  /** As it was stored: rows, or a page of the dataset. */
  readonly request: unknown;
  /** The shards of the dataset and their index; null for rows. */
  readonly dataset: readonly DatasetFile[] | null;
  /** For how long somebody still waits for the answer, in ms. */
  readonly remainingMs: number;
}

@Injectable()
export class PredictionWork {
  constructor(
    private readonly database: Database,
    private readonly predictions: PredictionRepository,
    private readonly checkpoints: CheckpointRepository,
    private readonly runs: RunRepository,
    private readonly datasets: DatasetRepository,
    private readonly wakeups: Wakeups,
  ) {}

  /** What a job is about; null when nobody waits for it any more. */
  async find(id: string): Promise<PredictionTask | null> {
    return this.database.asSystem(async () => {
      const row = await this.predictions.findWaiting(id, WAIT_MS / 1000);
      if (!row) return null;
      const { project_id: projectId, dataset_id: datasetId } = row;
      const checkpoint = await this.checkpoints.find(projectId, row.checkpoint_id);
      const run = checkpoint && (await this.runs.find(projectId, checkpoint.run_id));
      if (!run) return null; // Deleted this moment, and the prediction with them.
      const dataset = datasetId === null ? null : await this.datasets.find(projectId, datasetId);
      if (datasetId !== null && !dataset) return null;
      return {
        id,
        checkpointId: checkpoint.id,
        weights: weightsOf(filesOf(checkpoint)),
        spec: runSpecSchema.parse(run.spec),
        request: row.request,
        dataset: dataset ? filesOfDataset(dataset) : null,
        remainingMs: Math.max(0, Math.ceil(WAIT_MS - row.age_ms)),
      };
    });
  }

  /** Stores the answer, and wakes whoever waits for it. */
  async answer(id: string, answer: StoredAnswer): Promise<void> {
    await this.database.asSystem(() => this.predictions.answer(id, answer));
    this.wakeups.notifyNow(id);
  }
}
