// The wait for a worker's answer to a prediction.

import { GradstreamError } from '@gradstream/contracts';
import { Database, PredictionRepository } from '@gradstream/data';
import { isServiceAway, Logger, Queues, Wakeups } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { Bell } from '../common/bell.js';

/**
 * How long an answer is waited for, and so may take, in ms. A worker that was killed is noticed, and its job taken on,
 * within 15 s.
 */
export const WAIT_MS = 30_000;
const POLL_MS = 1000;

@Injectable()
export class PredictionWaits {
  constructor(
    private readonly database: Database,
    private readonly predictions: PredictionRepository,
    private readonly queues: Queues,
    private readonly wakeups: Wakeups,
    private readonly logger: Logger,
  ) {}

  /**
   * Queues the job of a stored prediction; returns the answer's JSON. The row is removed, however this ends. Throws `gone`
   * when something else has removed it.
   */
  async untilAnswered(projectId: string, id: string, gone: GradstreamError): Promise<unknown> {
    const deadline = AbortSignal.timeout(WAIT_MS);
    const bell = new Bell(deadline);
    const unsubscribe = this.wakeups.subscribe(id, bell.ring);
    try {
      let queued = false;
      while (!deadline.aborted) {
        bell.reset();
        // Again and again: what is queued already stays one job, what was lost is made up for.
        queued = (await this.#queue(id)) || queued;
        const found = await this.#find(projectId, id);
        if (found === undefined) throw gone;
        if (found !== null && found.answer !== null) return found.answer;
        await bell.wait(POLL_MS);
      }
      throw queued ? timeout() : queueAway();
    } finally {
      unsubscribe();
      await this.#remove(projectId, id);
    }
  }

  /** Whether the job is queued now. */
  async #queue(id: string): Promise<boolean> {
    try {
      await this.queues.add('predictions', id, { predictionId: id });
      return true;
    } catch (err) {
      this.logger.log.debug({ err, prediction: id }, 'the prediction will be queued later');
      return false;
    }
  }

  /** The row; undefined when there is none, null when Postgres is away. */
  async #find(projectId: string, id: string) {
    try {
      return await this.database.asProject(projectId, () => this.predictions.find(projectId, id));
    } catch (error) {
      if (isServiceAway(error)) return null;
      throw error;
    }
  }

  /** One that stays is removed with the old ones. */
  async #remove(projectId: string, id: string): Promise<void> {
    try {
      await this.database.asProject(projectId, () => this.predictions.remove(projectId, id));
    } catch (err) {
      this.logger.log.debug({ err, prediction: id }, 'a prediction stays until old ones are removed');
    }
  }
}

const timeout = (): GradstreamError =>
  new GradstreamError(
    'PREDICTION_TIMEOUT',
    `No worker answered within ${WAIT_MS / 1000} s: they are busy, or none is running. Try again, or send fewer rows.`,
    { retryAfterSeconds: 5 },
  );

const queueAway = (): GradstreamError =>
  new GradstreamError('SERVICE_UNAVAILABLE', 'The queue is away: try again shortly.', {
    retryAfterSeconds: 1,
  });
