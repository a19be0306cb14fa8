// Predictions as clients ask for them: a row and a job for a worker, then a wait for its answer. The wait is bounded,
// and the job is queued again while it lasts, so that neither a lost queue nor a worker that died leaves a client
// without one.

import {
  GradstreamError,
  MAX_PREDICTION_BYTES,
  runSpecSchema,
  storedAnswerSchema,
  type Predict,
  type Predictions as Answer,
  type StoredAnswer,
} from '@gradstream/contracts';
import {
  CheckpointRepository,
  Database,
  DatasetRepository,
  PredictionRepository,
  RunRepository,
  type CheckpointRow,
} from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { decodeSeqCursor, encodeCursor } from '../common/cursor.js';
import { checkId, newId, notFound } from '../common/ids.js';
import { requireScope, type Principal } from '../common/principal.js';
import { PredictionWaits, WAIT_MS } from './waits.js';

/** Predictions of a project that may wait at a time. */
const MAX_WAITING = 64;

/** A page of a dataset that is asked for, as the row holds it. */
interface DatasetPage {
  readonly from: number;
  readonly limit: number;
}

type Asked = Pick<CheckpointRow, 'id' | 'run_id' | 'step'>;

@Injectable()
export class Predictions {
  constructor(
    private readonly database: Database,
    private readonly checkpoints: CheckpointRepository,
    private readonly datasets: DatasetRepository,
    private readonly runs: RunRepository,
    private readonly predictions: PredictionRepository,
    private readonly waits: PredictionWaits,
  ) {}

  /**
   * What a checkpoint's network says of rows, or of a page of a dataset. Throws NOT_FOUND, DATASET_DELETED,
   * VALIDATION_FAILED with the place of each value at fault, PREDICTION_QUEUE_FULL, and PREDICTION_TIMEOUT when no
   * worker answers within 30 s.
   */
  async predict(principal: Principal, checkpointId: string, input: Predict): Promise<Answer> {
    requireScope(principal, 'read');
    const { projectId } = principal;
    checkSize(input);
    const page = 'dataset' in input ? pageOf(checkpointId, input) : null;
    const id = newId('prediction');
    const asked = await this.database.asProject(projectId, async () => {
      const checkpoint = await this.checkpoints.find(projectId, checkId('checkpoint', checkpointId));
      if (!checkpoint) throw notFound('checkpoint', checkpointId);
      if ('dataset' in input) await this.#requireReady(projectId, input.dataset, checkpoint.run_id);
      if ((await this.predictions.countWaiting(projectId, WAIT_MS / 1000)) >= MAX_WAITING) throw queueFull();
      await this.predictions.insert({
        ...{ id, projectId, checkpointId },
        datasetId: 'dataset' in input ? input.dataset : null,
        request: page ?? input,
      });
      return checkpoint;
    });
    const gone =
      'dataset' in input ? whileWaiting(checkpointId, input.dataset) : notFound('checkpoint', checkpointId);
    const stored = storedAnswerSchema.parse(await this.waits.untilAnswered(projectId, id, gone));
    return toAnswer(asked, stored, 'dataset' in input ? input.dataset : '', page);
  }

  async #requireReady(projectId: string, id: string, runId: string): Promise<void> {
    const dataset = await this.datasets.find(projectId, checkId('dataset', id));
    if (!dataset) {
      const run = await this.runs.find(projectId, runId);
      if (run?.dataset_deleted_at && runSpecSchema.parse(run.spec).dataset === id)
        throw new GradstreamError('DATASET_DELETED', deletedAt(run.dataset_deleted_at));
      throw notFound('dataset', id);
    }
    if (dataset.state !== 'ready')
      throw new GradstreamError('DATASET_NOT_READY', `The dataset is ${dataset.state}: wait for its check.`);
  }
}

const deletedAt = (time: Date): string =>
  `The dataset was deleted at ${time.toISOString()}: send rows, or upload it again and name the new one.`;

/** What became of a prediction whose row is gone: it went with one of the two. */
const whileWaiting = (checkpointId: string, datasetId: string): GradstreamError =>
  new GradstreamError(
    'NOT_FOUND',
    `The checkpoint ${checkpointId} or the dataset ${datasetId} was deleted while the prediction waited.`,
  );

/** Throws PAYLOAD_TOO_LARGE. */
function checkSize(input: Predict): void {
  if ('dataset' in input) return;
  const bytes = Buffer.byteLength(JSON.stringify(input.rows));
  if (bytes <= MAX_PREDICTION_BYTES) return;
  const detail = `The rows have ${bytes} bytes of JSON, the limit is ${MAX_PREDICTION_BYTES}: send them in several requests, or upload them as a dataset and name that.`;
  throw new GradstreamError('PAYLOAD_TOO_LARGE', detail);
}

const queueFull = (): GradstreamError =>
  new GradstreamError(
    'PREDICTION_QUEUE_FULL',
    `${MAX_WAITING} predictions of this project wait for a worker: try again when some are answered.`,
    { retryAfterSeconds: 2 },
  );

/** What cursors of a dataset's predictions belong to. */
const listOf = (checkpointId: string, datasetId: string): string =>
  `predictions:${checkpointId}:${datasetId}`;

/** Throws BAD_CURSOR. */
const pageOf = (
  checkpointId: string,
  { dataset, after, limit }: Extract<Predict, { dataset: unknown }>,
): DatasetPage => ({ from: decodeSeqCursor(listOf(checkpointId, dataset), after), limit });

/** Throws what the worker answered instead. */
function toAnswer(
  { id, run_id, step }: Asked,
  stored: StoredAnswer,
  datasetId: string,
  page: DatasetPage | null,
): Answer {
  if (!stored.ok) throw new GradstreamError(stored.code, stored.message, { errors: stored.errors });
  const { rows, hasMore } = stored;
  const next = (page?.from ?? 0) + rows.data.length;
  const nextCursor = hasMore ? encodeCursor(listOf(id, datasetId), next) : null;
  return { checkpointId: id, runId: run_id, step, ...rows, hasMore, nextCursor };
}
