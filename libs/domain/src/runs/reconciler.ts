// Makes queue and storage agree with Postgres: what waits is queued again, however it was lost, and files whose
// rows are gone are removed.

import { AttemptRepository, Database, DatasetRepository, DeletedObjectRepository } from '@gradstream/data';
import { Queues, Storage } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { SILENT_SECONDS } from './attempts.js';

/** How many of each kind one round takes. */
const BATCH = 200;

@Injectable()
export class Reconciler {
  constructor(
    private readonly database: Database,
    private readonly attempts: AttemptRepository,
    private readonly datasets: DatasetRepository,
    private readonly deleted: DeletedObjectRepository,
    private readonly queues: Queues,
    private readonly storage: Storage,
  ) {}

  /** Queues every run without a living worker, and every dataset that waits for its check. */
  async reconcile(): Promise<{ runs: number; datasets: number }> {
    const [runs, datasets] = await this.database.asSystem(async () => [
      await this.attempts.listUnattended(SILENT_SECONDS, BATCH),
      await this.datasets.listChecking(BATCH),
    ]);
    for (const runId of runs) await this.queues.add('runs', runId, { runId });
    for (const datasetId of datasets) await this.queues.add('datasets', datasetId, { datasetId });
    await this.removeFiles();
    return { runs: runs.length, datasets: datasets.length };
  }

  /** Removes files whose rows were deleted; returns how many. What fails is tried again in the next round. */
  async removeFiles(): Promise<number> {
    const keys = await this.database.asSystem(() => this.deleted.listDue(BATCH));
    for (const key of keys) await this.storage.remove(key);
    await this.database.asSystem(() => this.deleted.forget(keys));
    return keys.length;
  }
}
