// Streams to clients, counted while they are open.

import type { Gauge } from 'prom-client';

/** Counts open streams. */
export type StreamGauge = Pick<Gauge, 'inc' | 'dec'>;

/** The items, counted as one stream from the first pull to the end. */
export async function* counted<T>(items: AsyncGenerator<T>, gauge: StreamGauge): AsyncGenerator<T> {
  gauge.inc();
  try {
    yield* items;
  } finally {
    gauge.dec();
  }
}

/** What ended a subscription: an event that the field's resolver throws, so that the client gets it typed. */
export class StreamFailure {
  constructor(readonly error: unknown) {}
}

/**
 * A stream as GraphQL takes it. Its end aborts at once what it waits for; a plain generator would only end when its
 * next item came.
 */
export function toSubscription<T>(
  items: AsyncGenerator<T>,
  map: (item: T) => object,
  ended: AbortController,
  gauge: StreamGauge,
): AsyncGenerator<object> {
  async function* stream(): AsyncGenerator<object> {
    try {
      for await (const item of counted(items, gauge)) yield map(item);
    } catch (error) {
      yield new StreamFailure(error);
    }
  }
  const generator = stream();
  const end = generator.return.bind(generator);
  generator.return = (value) => {
    ended.abort();
    return end(value);
  };
  return generator;
}
