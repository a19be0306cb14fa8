// A run's history by cursor, and live: followers pull from Postgres, a hint or a second's wait wakes them.

import {
  isFinal,
  runStateSchema,
  type FrameKind,
  type MetricBatch,
  type RunEventBatch,
} from '@gradstream/contracts';
import { Database, FrameRepository, RunRepository, type FrameRow } from '@gradstream/data';
import { isServiceAway, Logger, Wakeups } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { decodeSeqCursor, encodeCursor } from '../common/cursor.js';
import { checkId, notFound } from '../common/ids.js';
import { requireScope, type Principal } from '../common/principal.js';
import { toPoint, toStoredEvent } from './map.js';

const MAX_BATCH = 1000;
const POLL_MS = 1000;

export interface FeedOptions {
  /** The cursor of the last batch. */
  readonly after?: string | null | undefined;
  readonly limit?: number | undefined;
  readonly series?: readonly string[] | null | undefined;
}

/** Options of a follower; the signal ends it. */
export interface FollowOptions extends FeedOptions {
  readonly signal: AbortSignal;
}

interface Slice {
  readonly rows: FrameRow[];
  readonly cursor: string;
  readonly rewoundTo: number | null;
  readonly done: boolean;
}

@Injectable()
export class RunFeed {
  constructor(
    private readonly database: Database,
    private readonly runs: RunRepository,
    private readonly frames: FrameRepository,
    private readonly wakeups: Wakeups,
    private readonly logger: Logger,
  ) {}

  /** Metrics after a cursor. */
  async metrics(principal: Principal, runId: string, options: FeedOptions = {}): Promise<MetricBatch> {
    return this.#points(principal, runId, 'metrics', options);
  }

  /** Gradient statistics after a cursor; series are `<layer>/norm`. */
  async gradients(principal: Principal, runId: string, options: FeedOptions = {}): Promise<MetricBatch> {
    return this.#points(principal, runId, 'gradients', options);
  }

  /** Events after a cursor. */
  async events(principal: Principal, runId: string, options: FeedOptions = {}): Promise<RunEventBatch> {
    const { rows, cursor, done } = await this.#slice(principal, runId, 'event', options);
    return { events: rows.map(toStoredEvent), cursor, done };
  }

  /** Metrics after a cursor, then live, until the run has ended. */
  followMetrics(principal: Principal, runId: string, options: FollowOptions): AsyncGenerator<MetricBatch> {
    return this.#follow(
      runId,
      options,
      (after) => this.metrics(principal, runId, { ...options, after }),
      (batch) => batch.points.length > 0 || batch.rewoundTo !== null,
    );
  }

  /** The same of gradient statistics. */
  followGradients(principal: Principal, runId: string, options: FollowOptions): AsyncGenerator<MetricBatch> {
    return this.#follow(
      runId,
      options,
      (after) => this.gradients(principal, runId, { ...options, after }),
      (batch) => batch.points.length > 0 || batch.rewoundTo !== null,
    );
  }

  /** The same of events. */
  followEvents(principal: Principal, runId: string, options: FollowOptions): AsyncGenerator<RunEventBatch> {
    return this.#follow(
      runId,
      options,
      (after) => this.events(principal, runId, { ...options, after }),
      (batch) => batch.events.length > 0,
    );
  }

  async #points(
    principal: Principal,
    runId: string,
    kind: FrameKind,
    options: FeedOptions,
  ): Promise<MetricBatch> {
    const wanted = options.series ? new Set(options.series) : null;
    const { rows, ...rest } = await this.#slice(principal, runId, kind, options);
    const points = rows
      .map((row) => toPoint(row, wanted))
      .filter((point) => !wanted || Object.keys(point.values).length > 0);
    return { points, ...rest };
  }

  /** Frames after a cursor. It is done when the run has ended and nothing is left. */
  async #slice(
    { scopes, ...who }: Principal,
    runId: string,
    kind: FrameKind,
    { after, limit }: FeedOptions,
  ): Promise<Slice> {
    requireScope({ scopes, ...who }, 'read');
    const { projectId } = who;
    const list = `${kind}:${checkId('run', runId)}`;
    const afterSeq = decodeSeqCursor(list, after);
    const batchSize = Math.min(limit ?? MAX_BATCH, MAX_BATCH);
    return this.database.asProject(projectId, async () => {
      // The run first: frames that come after it was read only make the answer "done" a batch later.
      const run = await this.runs.find(projectId, runId);
      if (!run) throw notFound('run', runId);
      const rows = await this.frames.listAfter(projectId, runId, { kind, afterSeq, limit: batchSize });
      const full = rows.length === batchSize;
      const lastSeq = rows.at(-1)?.seq ?? afterSeq;
      const rewoundTo =
        afterSeq > 0 && kind !== 'event' ? await this.frames.rewoundAfter(projectId, runId, afterSeq) : null;
      const done = !full && isFinal(runStateSchema.parse(run.state));
      // Skip what other kinds hold: the run's own end of sequence is as far as this reader has seen.
      const cursor = encodeCursor(list, full ? lastSeq : Math.max(lastSeq, run.last_seq));
      return { rows, cursor, rewoundTo, done };
    });
  }

  /** Pulls batches; waits for a hint, or a second, when there is nothing new. Postgres going away only delays it. */
  async *#follow<Batch extends { cursor: string; done: boolean }>(
    runId: string,
    options: FollowOptions,
    pull: (after: string | null | undefined) => Promise<Batch>,
    tells: (batch: Batch) => boolean,
  ): AsyncGenerator<Batch> {
    const { signal } = options;
    const bell = new Bell(signal);
    const unsubscribe = this.wakeups.subscribe(runId, bell.ring);
    let after = options.after;
    try {
      while (!signal.aborted) {
        bell.reset();
        let batch: Batch;
        try {
          batch = await pull(after);
        } catch (error) {
          if (!isServiceAway(error)) throw error;
          this.logger.log.debug({ err: error, runId }, 'a follower waits for Postgres');
          await bell.wait(POLL_MS);
          continue;
        }
        after = batch.cursor;
        const news = tells(batch);
        if (news || batch.done) yield batch;
        if (batch.done) return;
        if (!news) await bell.wait(POLL_MS);
      }
    } finally {
      unsubscribe();
    }
  }
}

/** A wait that a hint, an abort, or time ends. A hint between reset and wait counts. */
class Bell {
  #rung = false;
  #wake: () => void = () => undefined;

  constructor(private readonly signal: AbortSignal) {}

  readonly ring = (): void => {
    this.#rung = true;
    this.#wake();
  };

  reset(): void {
    this.#rung = false;
  }

  async wait(ms: number): Promise<void> {
    if (this.#rung || this.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.signal.removeEventListener('abort', done);
        this.#wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.signal.addEventListener('abort', done, { once: true });
      this.#wake = done;
    });
  }
}
