// Takes predictions on: rows or the files of a page, a predictor with the checkpoint's weights, an answer. Whatever goes wrong
// with them is the answer, too: only a shutdown, and services that stay away, leave a job to another worker.

import { predictSchema, type StoredAnswer } from '@gradstream/contracts';
import { PredictionWork, WAIT_MS, type PredictionTask } from '@gradstream/domain';
import { Config, Logger } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { residentBytes } from '../support/memory.js';
import { retryWhileAway } from '../support/retry.js';
import { failedAnswer, mayAskAnother, tooLate } from './failures.js';
import { PredictionFiles } from './files.js';
import { PredictorPool } from './pool.js';
import { PredictorProcess, type Predicted } from './predictor.js';

const TRAINER = fileURLToPath(import.meta.resolve('@gradstream/trainer'));
/** How long a predictor stays loaded that nobody asks, in ms. */
const IDLE_MS = 5 * 60_000;

/** A request as it is stored: rows, or which rows of the dataset. */
const storedSchema = z.union([
  z.object({ from: z.int().min(0), limit: z.int().min(1) }),
  predictSchema.options[0],
]);

/** What ends the work on a prediction. */
interface Signals {
  /** The worker shuts down. */
  readonly closing: AbortSignal;
  /** Nobody waits any more. */
  readonly deadline: AbortSignal;
  /** Either. */
  readonly signal: AbortSignal;
}

@Injectable()
export class PredictionRunner {
  readonly #pool: PredictorPool<PredictorProcess>;

  constructor(
    private readonly work: PredictionWork,
    private readonly files: PredictionFiles,
    private readonly config: Config,
    private readonly logger: Logger,
  ) {
    const { warmPredictors, predictorMemory } = config.worker;
    this.#pool = new PredictorPool({
      maxIdle: warmPredictors,
      maxBytes: predictorMemory,
      idleMs: IDLE_MS,
      memoryOf: residentBytes,
    });
  }

  /** Answers a prediction if somebody still waits for it. Throws when it was left to another try. */
  async run(id: string, closing: AbortSignal): Promise<void> {
    const soon = AbortSignal.any([closing, AbortSignal.timeout(WAIT_MS)]);
    const task = await retryWhileAway(() => this.work.find(id), { signal: soon });
    if (!task) return;
    const deadline = AbortSignal.timeout(task.remainingMs);
    const signal = AbortSignal.any([closing, deadline]);
    const answer = await this.#answer(task, { closing, deadline, signal });
    await retryWhileAway(() => this.work.answer(id, answer), { signal });
  }

  /** Ends all predictors. */
  stopAll(): void {
    this.#pool.stopAll();
  }

  async #answer(task: PredictionTask, signals: Signals): Promise<StoredAnswer> {
    try {
      const { signal } = signals;
      const { answer, hasMore } = await retryWhileAway(() => this.#predict(task, signals), { signal });
      return { ok: true, rows: answer, hasMore };
    } catch (error) {
      const failed = failedAnswer(error, signals);
      if (failed.code === 'INTERNAL')
        this.logger.log.error({ err: error, prediction: task.id }, 'a prediction failed');
      return failed;
    }
  }

  async #predict(task: PredictionTask, signals: Signals): Promise<Predicted> {
    const { checkpointId, weights } = task;
    const used = { warm: false };
    const ask = () =>
      this.#pool.use(
        // A checkpoint may get other weights while its run goes on: the best ones, at the end.
        `${checkpointId} ${weights.sha256}`,
        () => this.#start(task, signals.closing),
        (predictor, warm) => {
          used.warm = warm;
          return this.#ask(predictor, task, signals);
        },
      );
    try {
      return await ask();
    } catch (error) {
      if (signals.signal.aborted || !mayAskAnother(error, used.warm)) throw error;
      this.logger.log.warn(
        { err: error, checkpoint: checkpointId },
        'a predictor died; its rows go to a new one',
      );
      return ask();
    }
  }

  async #ask(
    predictor: PredictorProcess,
    { request, dataset }: PredictionTask,
    { deadline, signal }: Signals,
  ): Promise<Predicted> {
    const stored = storedSchema.parse(request);
    if ('rows' in stored) return predictor.predict(stored.rows, deadline);
    if (!dataset) throw new Error('a page is of a dataset');
    const folder = await this.files.openDataset(dataset, signal);
    try {
      const page = { folder, ...stored };
      await this.files.addFiles(dataset, await predictor.locate(page, deadline), folder, signal);
      return await predictor.predictPage(page, deadline);
    } finally {
      await this.files.closeDataset(folder);
    }
  }

  async #start(task: PredictionTask, closing: AbortSignal): Promise<PredictorProcess> {
    // Not the deadline of one prediction: others may wait for the same weights.
    const limit = AbortSignal.timeout(WAIT_MS);
    const fetched = this.files.weights(task, AbortSignal.any([closing, limit]));
    const { folder, weightsFile } = await fetched.catch((error: unknown) => {
      throw limit.aborted ? tooLate(error) : error;
    });
    const { tensorflowDir, worker } = this.config;
    const predictor = new PredictorProcess({
      ...{ program: TRAINER, cwd: folder, spec: task.spec, silentMs: WAIT_MS },
      ...{ weightsFile, tensorflowDir, threads: worker.threads },
    });
    void predictor.ended.then(() => this.#removed(folder));
    return predictor;
  }

  /** What cannot be removed now is when this worker is gone. */
  async #removed(folder: string): Promise<void> {
    try {
      await this.files.remove(folder);
    } catch (err) {
      this.logger.log.warn({ err, folder }, 'the weights of a predictor could not be removed');
    }
  }
}
