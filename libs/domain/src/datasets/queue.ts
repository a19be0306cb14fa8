import { Logger, Queues } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';

/** The queue of checks. */
@Injectable()
export class DatasetQueue {
  constructor(
    private readonly queues: Queues,
    private readonly logger: Logger,
  ) {}

  /** Queues a check; when the queue is away, the reconciler does it later. */
  async add(datasetId: string): Promise<void> {
    try {
      await this.queues.add('datasets', datasetId, { datasetId });
    } catch (error) {
      this.logger.log.warn({ err: error, datasetId }, 'the check will be queued later');
    }
  }
}
