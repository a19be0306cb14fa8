// Takes predictions on: rows, a predictor with the checkpoint's weights, an answer. Whatever goes wrong with them is the
// answer, too: only a shutdown, and services that stay away, leave a job to another worker.

import {
  GradstreamError,
  predictSchema,
  type AnsweredRows,
  type PredictionRow,
  type StoredAnswer,
} from '@gradstream/contracts';
import { PredictionWork, WAIT_MS, type PredictionTask } from '@gradstream/domain';
import { Config, Logger, toGradstreamError } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { residentBytes } from '../support/memory.js';
import { isTransient, retryWhileAway } from '../support/retry.js';
import { PredictionFiles } from './files.js';
import { PredictorPool } from './pool.js';
import { PredictorProcess, type AskedRows } from './predictor.js';

const TRAINER = fileURLToPath(import.meta.resolve('@gradstream/trainer'));
/** How long a predictor stays loaded that nobody asks, in ms. */
const IDLE_MS = 5 * 60_000;

/** A request as it is stored: rows, or which rows of the dataset. */
const storedSchema = z.union([
  z.object({ from: z.int().min(0), limit: z.int().min(1) }),
  predictSchema.options[0],
]);

/** Failures of a process that another one would not have. */
const OF_PROCESS = new Set(['ENGINE_CRASHED', 'OUT_OF_MEMORY']);

interface FoundRows extends AskedRows {
  readonly rows: PredictionRow[];
  readonly hasMore: boolean;
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
    const signal = AbortSignal.any([closing, AbortSignal.timeout(WAIT_MS)]);
    const task = await retryWhileAway(() => this.work.find(id), { signal });
    if (!task) return;
    const answer = await this.#answer(task, signal);
    if (closing.aborted && !answer.ok)
      throw new Error('the worker shuts down; the prediction is left to another one');
    await retryWhileAway(() => this.work.answer(id, answer), { signal });
  }

  /** Ends all predictors. */
  stopAll(): void {
    this.#pool.stopAll();
  }

  async #answer(task: PredictionTask, signal: AbortSignal): Promise<StoredAnswer> {
    try {
      const { hasMore, ...asked } = await retryWhileAway(() => this.#rows(task, signal), { signal });
      if (asked.rows.length === 0) throw noRows();
      const rows = await retryWhileAway(() => this.#predict(task, asked), { signal });
      return { ok: true, rows, hasMore };
    } catch (error) {
      if (isTransient(error)) throw error;
      const { code, detail, errors } = toGradstreamError(error);
      if (code === 'INTERNAL')
        this.logger.log.error({ err: error, prediction: task.id }, 'a prediction failed');
      return { ok: false, code, message: detail, errors: [...errors] };
    }
  }

  /** A process that stayed loaded may have died of something that had nothing to do with these rows: then a new one. */
  async #predict(task: PredictionTask, asked: AskedRows): Promise<AnsweredRows> {
    const { checkpointId, weights } = task;
    const used = { warm: false };
    const ask = () =>
      this.#pool.use(
        // A checkpoint may get other weights while its run goes on: the best ones, at the end.
        `${checkpointId} ${weights.sha256}`,
        () => this.#start(task),
        (predictor, warm) => {
          used.warm = warm;
          return predictor.predict(asked);
        },
      );
    try {
      return await ask();
    } catch (error) {
      if (!used.warm || !(error instanceof GradstreamError) || !OF_PROCESS.has(error.code)) throw error;
      this.logger.log.warn(
        { err: error, checkpoint: checkpointId },
        'a predictor died; its rows go to a new one',
      );
      return ask();
    }
  }

  async #rows({ request, dataset }: PredictionTask, signal: AbortSignal): Promise<FoundRows> {
    const stored = storedSchema.parse(request);
    if ('rows' in stored) return { rows: stored.rows, from: null, hasMore: false };
    if (!dataset) throw new Error('a page is of a dataset');
    return this.files.page(dataset, stored.from, stored.limit, signal);
  }

  async #start(task: PredictionTask): Promise<PredictorProcess> {
    const { folder, weightsFile } = await this.files.weights(task, AbortSignal.timeout(WAIT_MS));
    const { tensorflowDir, worker } = this.config;
    const predictor = new PredictorProcess({
      ...{ program: TRAINER, cwd: folder, spec: task.spec },
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

const noRows = (): GradstreamError =>
  new GradstreamError('BAD_CURSOR', 'The dataset has no rows there: begin without a cursor.');
