// A subscription that outlives its connection: it holds the last cursor, and begins again from there.

import {
  GradstreamError,
  metricBatchSchema,
  wireNumberSchema,
  type MetricBatch,
} from '@gradstream/contracts';
import { createClient, type Client } from 'graphql-ws';
import { z } from 'zod';
import { sleep, type Http } from './http.js';

export interface FollowOptions {
  /** The cursor of the last batch that was seen; everything from the start when absent. */
  readonly after?: string;
  /** Only these series. */
  readonly series?: readonly string[];
  readonly signal?: AbortSignal;
  /** Called when the connection was lost, before it is taken up again. */
  readonly onReconnect?: (cause: unknown) => void;
}

const RECONNECT_MS = 1000;

const QUERY = `subscription ($runId: ID!, $after: Cursor, $series: [String!]) {
  runMetrics(runId: $runId, after: $after, series: $series) {
    points { seq attempt step epoch time values { series value } }
    cursor rewoundTo done
  }
}`;

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

/** A graphql-ws client for one connection; following again is decided here, not by the client. */
function connect(http: Http): Client {
  return createClient({
    url: `${http.url.replace(/^http/, 'ws')}/graphql`,
    connectionParams: { authorization: `Bearer ${http.apiKey}` },
    lazy: true,
    retryAttempts: 0,
  });
}

/** The metrics of a run after a cursor, then live, until the run has ended. */
export async function* followRun(
  http: Http,
  runId: string,
  options: FollowOptions,
): AsyncGenerator<MetricBatch> {
  const { series, signal, onReconnect } = options;
  let cursor = options.after;
  while (!signal?.aborted) {
    const client = connect(http);
    const close = (): void => {
      void client.dispose();
    };
    signal?.addEventListener('abort', close, { once: true });
    try {
      const variables = { runId, after: cursor ?? null, series: series ?? null };
      for await (const { data, errors } of client.iterate({ query: QUERY, variables })) {
        if (errors?.[0]) throw new GradstreamError('NOT_FOUND', errors[0].message);
        const batch = toBatch(data);
        cursor = batch.cursor;
        yield batch;
        if (batch.done) return;
      }
    } catch (error) {
      if (error instanceof GradstreamError) throw error;
      onReconnect?.(error);
    } finally {
      signal?.removeEventListener('abort', close);
      await client.dispose();
    }
    await sleep(RECONNECT_MS, signal);
  }
}
