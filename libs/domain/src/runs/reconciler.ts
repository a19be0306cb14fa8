// Makes the queue agree with Postgres: what waits is queued again, however it was lost. Then cleans up.

import { AttemptRepository, Database, DatasetRepository } from '@gradstream/data';
import { Queues } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { Cleanup } from '../cleanup/cleanup.js';
import { SILENT_SECONDS } from './attempts.js';

/** How many of each kind one round takes. */
const BATCH = 200;

@Injectable()
export class Reconciler {
  constructor(
    private readonly database: Database,
    private readonly attempts: AttemptRepository,
    private readonly datasets: DatasetRepository,
    private readonly queues: Queues,
    private readonly cleanup: Cleanup,
  ) {}

  /** Queues every run without a living worker, and every dataset that waits for its check. */
  async reconcile(): Promise<{ runs: number; datasets: number }> {
    const [runs, datasets] = await this.database.asSystem(async () => [
      await this.attempts.listUnattended(SILENT_SECONDS, BATCH),
      await this.datasets.listChecking(BATCH),
    ]);
    for (const runId of runs) await this.queues.add('runs', runId, { runId });
    for (const datasetId of datasets) await this.queues.add('datasets', datasetId, { datasetId });
    await this.cleanup.cleanUp();
    return { runs: runs.length, datasets: datasets.length };
  }
}
