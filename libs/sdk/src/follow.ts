// A subscription that outlives its connection: it holds the last cursor, and begins again from there.

import {
  errorCodeSchema,
  eventBatchSchema,
  gradientBatchSchema,
  GradstreamError,
  metricBatchSchema,
  wireNumberSchema,
  type GradientBatch,
  type MetricBatch,
  type RunEventBatch,
} from '@gradstream/contracts';
import { createClient, type Client } from 'graphql-ws';
import { z } from 'zod';
import { sleep, type Http } from './http.js';

export interface FollowOptions {
  /** The cursor of the last batch that was seen; everything from the start when absent. */
  readonly after?: string;
  /** Only these series. */
  readonly series?: readonly string[];
  /** Most batches a second; of what comes between, lowest, highest, last and first NaN of each series are told. */
  readonly maxRateHz?: number;
  readonly signal?: AbortSignal;
  /** Called when the connection was lost, before it is taken up again. */
  readonly onReconnect?: (cause: unknown) => void;
  /** Called each time the server has taken the connection, the first time too. */
  readonly onConnected?: () => void;
}

/** Of a subscription to all that happens. */
export type EventOptions = Omit<FollowOptions, 'series' | 'maxRateHz'>;

/** Of a subscription to gradients. */
export interface GradientOptions extends EventOptions {
  /** Only these layers. */
  readonly layers?: readonly string[];
}

const RECONNECT_MS = 1000;
/** Close codes of graphql-transport-ws: the key or the origin is refused; the network was too slow. */
const FORBIDDEN = 4403;
const INIT_TIMEOUT = 4408;

const METRICS = `subscription ($runId: ID!, $after: Cursor, $series: [String!], $maxRateHz: Float) {
  runMetrics(runId: $runId, after: $after, series: $series, maxRateHz: $maxRateHz) {
    points { seq attempt step epoch time values { series value } }
    cursor rewoundTo done
  }
}`;

const GRADIENTS = `subscription ($runId: ID!, $after: Cursor, $layers: [String!]) {
  runGradients(runId: $runId, after: $after, layers: $layers) {
    points {
      seq attempt step epoch time
      layers { layer norm mean std zeroFraction nonFinite updateRatio histogram }
    }
    cursor rewoundTo done
  }
}`;

const EVENTS = `subscription ($runId: ID!, $after: Cursor) {
  runEvents(runId: $runId, after: $after) { events { seq attempt step time event } cursor done }
}`;

const wireGradientsSchema = z.object({ runGradients: gradientBatchSchema });
const wireEventsSchema = z.object({ runEvents: eventBatchSchema });

/** A batch as GraphQL carries it: values are a list, for their names are not known beforehand. */
const wireBatchSchema = z.object({
  runMetrics: metricBatchSchema.extend({
    points: z.array(
      z.object({
        seq: z.int(),
        attempt: z.int(),
        step: z.int(),
        epoch: z.int(),
        time: z.string(),
        values: z.array(z.object({ series: z.string(), value: wireNumberSchema })),
      }),
    ),
  }),
});

/** The plain form of a batch. */
function toBatch(data: unknown): MetricBatch {
  const { points, ...rest } = wireBatchSchema.parse(data).runMetrics;
  return {
    ...rest,
    points: points.map((point) => ({
      ...point,
      values: Object.fromEntries(point.values.map(({ series, value }) => [series, value])),
    })),
  };
}

/** A GraphQL error as it comes over the wire. */
interface WireError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

const closeSchema = z.object({ code: z.int(), reason: z.string() });

/** A GraphQL error as an error of the catalogue. */
function toError({ message, extensions }: WireError): GradstreamError {
  const code = errorCodeSchema.safeParse(extensions?.['code']);
  return new GradstreamError(code.data ?? 'INTERNAL', message);
}

/** What ended a subscription: SERVICE_UNAVAILABLE when the same may work later, else what is to be thrown. */
function classify(thrown: unknown): unknown {
  if (thrown instanceof GradstreamError || thrown instanceof z.ZodError) return thrown;
  // The server refused the operation.
  if (Array.isArray(thrown)) return toError(thrown[0] as WireError);
  const lost = new GradstreamError('SERVICE_UNAVAILABLE', 'the connection was lost', { cause: thrown });
  const closed = closeSchema.safeParse(thrown);
  if (!closed.success) return lost;
  const { code, reason } = closed.data;
  if (code === INIT_TIMEOUT || code < 4400 || code > 4499) return lost;
  const detail = `the server closed the connection with ${code} (${reason || 'no reason given'})`;
  return new GradstreamError(code === FORBIDDEN ? 'UNAUTHENTICATED' : 'INTERNAL', detail);
}

/** A graphql-ws client for one connection; following again is decided here, not by the client. */
function connect(http: Http, onConnected: () => void): Client {
  // Node has them from version 22 on, and browsers do.
  if (typeof WebSocket === 'undefined')
    throw new Error('Following a run needs WebSockets, which this JavaScript has not: use Node 22 or later.');
  return createClient({
    url: `${http.url.replace(/^http/, 'ws')}/graphql`,
    connectionParams: { authorization: `Bearer ${http.apiKey}` },
    lazy: true,
    retryAttempts: 0,
    on: { connected: onConnected },
  });
}

/** Ends a client. One whose connection fails before it was there has nothing to close: its operation throws that. */
async function end(client: Client): Promise<void> {
  await Promise.allSettled([client.dispose()]);
}

/** Whether a follower may go on later. A connection that was lost may count against the limit of its key for a while. */
const passes = (error: unknown, lost: boolean): error is GradstreamError =>
  error instanceof GradstreamError &&
  (error.code === 'SERVICE_UNAVAILABLE' || (lost && error.code === 'RATE_LIMITED'));

/** What is subscribed to, and the form of its batches. */
interface Subscription<Batch> {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly parse: (data: unknown) => Batch;
}

/** The metrics of a run after a cursor, then live, until the run has ended. */
export function followRun(http: Http, runId: string, options: FollowOptions): AsyncGenerator<MetricBatch> {
  const { series = null, maxRateHz = null } = options;
  return follow(http, { query: METRICS, variables: { runId, series, maxRateHz }, parse: toBatch }, options);
}

/** The gradient statistics of a run after a cursor, then live, until it has ended. */
export function followGradients(
  http: Http,
  runId: string,
  options: GradientOptions,
): AsyncGenerator<GradientBatch> {
  const { layers = null } = options;
  const parse = (data: unknown): GradientBatch => wireGradientsSchema.parse(data).runGradients;
  return follow(http, { query: GRADIENTS, variables: { runId, layers }, parse }, options);
}

/** What happens to a run after a cursor, then live, until it has ended. */
export function followEvents(
  http: Http,
  runId: string,
  options: EventOptions,
): AsyncGenerator<RunEventBatch> {
  const parse = (data: unknown): RunEventBatch => wireEventsSchema.parse(data).runEvents;
  return follow(http, { query: EVENTS, variables: { runId }, parse }, options);
}

async function* follow<Batch extends { readonly cursor: string; readonly done: boolean }>(
  http: Http,
  { query, variables: fixed, parse }: Subscription<Batch>,
  { after, signal, onReconnect, onConnected }: EventOptions,
): AsyncGenerator<Batch> {
  let cursor = after;
  let lost = false;
  while (!signal?.aborted) {
    const client = connect(http, () => onConnected?.());
    const close = (): void => {
      void end(client);
    };
    signal?.addEventListener('abort', close, { once: true });
    try {
      const variables = { ...fixed, after: cursor ?? null };
      for await (const { data, errors } of client.iterate({ query, variables })) {
        if (errors?.[0]) throw toError(errors[0]);
        const batch = parse(data);
        cursor = batch.cursor;
        yield batch;
        if (batch.done) return;
      }
    } catch (thrown) {
      const error = classify(thrown);
      if (!passes(error, lost)) throw error;
      lost = true;
      onReconnect?.(error.cause ?? error);
    } finally {
      signal?.removeEventListener('abort', close);
      await end(client);
    }
    await sleep(RECONNECT_MS, signal);
  }
}
