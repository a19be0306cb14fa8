// The queue's job of a run. Postgres says what waits: a job that cannot be added or taken back now does no harm.

import { Logger, Queues } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';

@Injectable()
export class RunQueue {
  constructor(
    private readonly queues: Queues,
    private readonly logger: Logger,
  ) {}

  /** Queues a run, after the transaction that lets it wait. When the queue is away, the reconciler does it later. */
  async add(runId: string): Promise<void> {
    await this.queues.add('runs', runId, { runId }).catch((err: unknown) => {
      this.logger.log.warn({ err, runId }, 'the run will be queued later');
    });
  }

  /** Takes the job of a run back that no longer waits. One that is left finds nothing to do. */
  async remove(runId: string): Promise<void> {
    await this.queues.remove('runs', runId).catch((err: unknown) => {
      this.logger.log.debug({ err, runId }, 'a job was left that will find nothing to do');
    });
  }
}
