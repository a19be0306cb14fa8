// A run's history by cursor, and live. Followers of a run share one reader of what is new.

import { type FrameKind, type MetricBatch, type RunEventBatch } from '@gradstream/contracts';
import { isServiceAway, Logger } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { decodeSeqCursor, encodeCursor } from '../common/cursor.js';
import { checkId } from '../common/ids.js';
import { requireScope, type Principal } from '../common/principal.js';
import { LiveKeys, RECHECK_MS, type StreamLease } from '../keys/liveKeys.js';
import { Bell } from '../common/bell.js';
import { pace } from './pace.js';
import { toPoint, toStoredEvent } from './map.js';
import { FIRST_SLICE, FrameReader, MAX_SLICE, nextLimit, type FrameSource, type Slice } from './slices.js';
import { Tails, type Tail } from './tails.js';

/** How long a follower waits for Postgres to come back, in ms. */
const RETRY_MS = 1000;

export interface FeedOptions {
  /** The cursor of the last batch. */
  readonly after?: string | null | undefined;
  readonly limit?: number | undefined;
  readonly series?: readonly string[] | null | undefined;
}

/** Options of a follower; the signal ends it. */
export interface FollowOptions extends Omit<FeedOptions, 'limit'> {
  /** Most batches a second; of what comes between, lowest, highest, last and first NaN of each series are told. */
  readonly maxRateHz?: number | null | undefined;
  readonly signal: AbortSignal;
}

/** Where a caller reads on. */
interface Place {
  /** What its cursors are of. */
  readonly list: string;
  readonly source: FrameSource;
  readonly afterSeq: number;
}

/** What was found after a place. */
interface Found {
  readonly list: string;
  readonly afterSeq: number;
  readonly slice: Slice;
}

@Injectable()
export class RunFeed {
  constructor(
    private readonly reader: FrameReader,
    private readonly tails: Tails,
    private readonly keys: LiveKeys,
    private readonly logger: Logger,
  ) {}

  /** Metrics after a cursor. */
  async metrics(principal: Principal, runId: string, options: FeedOptions = {}): Promise<MetricBatch> {
    return toMetricBatch(await this.#read(principal, runId, 'metrics', options), options);
  }

  /** Gradient statistics after a cursor; series are `<layer>/<statistic>`, of a histogram `<layer>/histogram/<bin>`. */
  async gradients(principal: Principal, runId: string, options: FeedOptions = {}): Promise<MetricBatch> {
    return toMetricBatch(await this.#read(principal, runId, 'gradients', options), options);
  }

  /** Events after a cursor. */
  async events(principal: Principal, runId: string, options: FeedOptions = {}): Promise<RunEventBatch> {
    return toEventBatch(await this.#read(principal, runId, 'event', options));
  }

  /** Metrics after a cursor, then live, until the run has ended. Throws RATE_LIMITED at once. */
  followMetrics(principal: Principal, runId: string, options: FollowOptions): AsyncGenerator<MetricBatch> {
    return this.#follow(principal, runId, 'metrics', options, (found) => toMetricBatch(found, options));
  }

  /** The same of gradient statistics. */
  followGradients(principal: Principal, runId: string, options: FollowOptions): AsyncGenerator<MetricBatch> {
    return this.#follow(principal, runId, 'gradients', options, (found) => toMetricBatch(found, options));
  }

  /** The same of events. */
  followEvents(principal: Principal, runId: string, options: FollowOptions): AsyncGenerator<RunEventBatch> {
    return this.#follow(principal, runId, 'event', options, toEventBatch);
  }

  async #read(principal: Principal, runId: string, kind: FrameKind, options: FeedOptions): Promise<Found> {
    requireScope(principal, 'read');
    const { list, source, afterSeq } = locate(principal, runId, kind, options);
    const limit = Math.min(options.limit ?? MAX_SLICE, MAX_SLICE);
    return { list, afterSeq, slice: await this.reader.read(source, afterSeq, limit) };
  }

  /** Checks the request and counts the stream; what follows is read when it is pulled. */
  #follow<Batch extends MetricBatch | RunEventBatch>(
    principal: Principal,
    runId: string,
    kind: FrameKind,
    options: FollowOptions,
    toBatch: (found: Found) => Batch,
  ): AsyncGenerator<Batch> {
    requireScope(principal, 'read');
    const place = locate(principal, runId, kind, options);
    const lease = this.keys.open(principal);
    // A stream that ends before its first pull never comes to its `finally`.
    options.signal.addEventListener('abort', lease.release, { once: true });
    if (options.signal.aborted) lease.release();
    return this.#pull(place, lease, options, toBatch);
  }

  /** Batches of what is pulled. */
  async *#pull<Batch extends MetricBatch | RunEventBatch>(
    place: Place,
    lease: StreamLease,
    { signal, maxRateHz, series }: FollowOptions,
    toBatch: (found: Found) => Batch,
  ): AsyncGenerator<Batch> {
    let { afterSeq } = place;
    const slices = this.#slices(place, lease, signal);
    const wanted = series ? new Set(series) : null;
    const paced = maxRateHz ? pace(slices, { ms: 1000 / maxRateHz, wanted, signal }) : slices;
    for await (const slice of paced) {
      const batch = toBatch({ list: place.list, afterSeq, slice });
      afterSeq = slice.toSeq;
      // A full slice without news, of other series for instance, still moves the client's cursor.
      if (hasNews(batch) || slice.full || slice.done) yield batch;
    }
  }

  /** Pulls slices; waits when there is nothing new. Postgres going away only delays it. */
  async *#slices(
    { source, afterSeq }: Place,
    lease: StreamLease,
    signal: AbortSignal,
  ): AsyncGenerator<Slice> {
    let tail: Tail | null = null;
    let limit = FIRST_SLICE;
    try {
      while (!signal.aborted) {
        let slice: Slice;
        try {
          await lease.check();
          slice = tail?.after(afterSeq, limit) ?? (await this.reader.read(source, afterSeq, limit));
        } catch (error) {
          if (!isServiceAway(error)) throw error;
          this.logger.log.debug({ err: error, runId: source.runId }, 'a follower waits for Postgres');
          await new Bell(signal).wait(RETRY_MS);
          continue;
        }
        limit = nextLimit(slice.rows, limit);
        const moved = slice.toSeq > afterSeq;
        afterSeq = slice.toSeq;
        if (moved || slice.done) yield slice;
        if (slice.done) return;
        if (slice.full) continue;
        tail ??= this.tails.join(source, afterSeq);
        await tail.wait(afterSeq, RECHECK_MS, signal);
      }
    } finally {
      if (tail) this.tails.leave(source, tail);
      signal.removeEventListener('abort', lease.release);
      lease.release();
    }
  }
}

/** A caller's place in a source. Throws NOT_FOUND and BAD_CURSOR. */
function locate({ projectId }: Principal, runId: string, kind: FrameKind, { after }: FeedOptions): Place {
  const list = `${kind}:${checkId('run', runId)}`;
  return { list, source: { projectId, runId, kind }, afterSeq: decodeSeqCursor(list, after) };
}

function toMetricBatch({ list, afterSeq, slice }: Found, { series }: FeedOptions): MetricBatch {
  const wanted = series ? new Set(series) : null;
  const points = slice.rows
    .map((row) => toPoint(row, wanted))
    .filter((point) => !wanted || Object.keys(point.values).length > 0);
  // Who begins has nothing to discard.
  const steps = afterSeq > 0 ? slice.rewinds.map(({ step }) => step) : [];
  const rewoundTo = steps.length > 0 ? Math.min(...steps) : null;
  return { points, cursor: encodeCursor(list, slice.toSeq), rewoundTo, done: slice.done };
}

function toEventBatch({ list, slice }: Found): RunEventBatch {
  const events = slice.rows.map(toStoredEvent);
  return { events, cursor: encodeCursor(list, slice.toSeq), done: slice.done };
}

/** Whether a batch holds more than a new cursor. */
const hasNews = (batch: MetricBatch | RunEventBatch): boolean =>
  'events' in batch ? batch.events.length > 0 : batch.points.length > 0 || batch.rewoundTo !== null;
