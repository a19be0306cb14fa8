// Takes jobs from the queues. A job is a hint: what is to do is in Postgres, so a job that comes twice or is lost
// does no harm.

import { jobSchemas, type QueueName } from '@gradstream/contracts';
import { Reconciler } from '@gradstream/domain';
import { Config, connectRedis, Logger, QUEUE_PREFIX } from '@gradstream/platform';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { DatasetChecker } from '../datasets/check.js';
import { PredictionRunner } from '../predictions/runner.js';
import { RunRunner } from '../runs/runner.js';

const RECONCILE_MS = 3000;
/** What a shutdown may take, in ms, before the process ends all the same. */
const CLOSE_MS = 15_000;
const DATASET_CONCURRENCY = 2;

@Injectable()
export class Consumers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #closing = new AbortController();
  readonly #workers: Worker[] = [];
  readonly #connections: Redis[] = [];
  readonly #busy = new Set<Promise<void>>();
  #reconciling: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: Config,
    private readonly logger: Logger,
    private readonly runner: RunRunner,
    private readonly checker: DatasetChecker,
    private readonly predictions: PredictionRunner,
    private readonly reconciler: Reconciler,
  ) {}

  onApplicationBootstrap(): void {
    this.#consume('runs', this.config.worker.concurrency, (data) =>
      this.runner.run(jobSchemas.runs.parse(data).runId, this.#closing.signal),
    );
    this.#consume('datasets', DATASET_CONCURRENCY, (data) =>
      this.checker.run(jobSchemas.datasets.parse(data).datasetId, this.#closing.signal),
    );
    this.#consume('predictions', Math.max(1, this.config.worker.warmPredictors), (data) =>
      this.predictions.run(jobSchemas.predictions.parse(data).predictionId, this.#closing.signal),
    );
    this.#scheduleReconcile(0);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#reconciling);
    this.runner.stopAll();
    this.predictions.stopAll();
    const closed = Promise.allSettled(this.#busy);
    const late = new Promise<void>((resolve) => {
      setTimeout(resolve, CLOSE_MS).unref();
    });
    await Promise.race([closed, late]);
    // Forced: jobs need no farewell, and Redis may be away.
    await Promise.race([Promise.allSettled(this.#workers.map((worker) => worker.close(true))), late]);
    for (const connection of this.#connections) connection.disconnect();
  }

  #consume(name: QueueName, concurrency: number, work: (data: unknown) => Promise<void>): void {
    const { log } = this.logger;
    const connection = connectRedis(this.config.redisUrl, log);
    const track = async (data: unknown): Promise<void> => {
      const running = work(data);
      this.#busy.add(running);
      try {
        await running;
      } catch (err) {
        if (!this.#closing.signal.aborted)
          log.error(
            { err, queue: name, data },
            'a job failed; the reconciler queues it again if it still waits',
          );
        throw err;
      } finally {
        this.#busy.delete(running);
      }
    };
    const options = {
      connection,
      prefix: QUEUE_PREFIX,
      concurrency,
      maxStalledCount: 1000,
      skipWaitingForReady: true,
      // A queue that came back, and a worker that was killed, are noticed within seconds.
      runRetryDelay: 1000,
      lockDuration: 8000,
      stalledInterval: 3000,
    };
    const worker = new Worker(name, (job) => track(job.data), options);
    worker.on('error', (error) => {
      log.debug({ err: error, queue: name }, 'the queue is away');
    });
    this.#workers.push(worker);
    this.#connections.push(connection);
  }

  #scheduleReconcile(ms: number): void {
    this.#reconciling = setTimeout(() => void this.#reconcile(), ms);
  }

  async #reconcile(): Promise<void> {
    try {
      const found = await this.reconciler.reconcile();
      if (found.runs + found.datasets > 0) this.logger.log.debug(found, 'queued what waits');
    } catch (err) {
      this.logger.log.warn({ err }, 'reconciling failed; trying again');
    }
    if (!this.#closing.signal.aborted) this.#scheduleReconcile(RECONCILE_MS);
  }
}
