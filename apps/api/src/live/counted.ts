import type { Gauge } from 'prom-client';

/**
 * A stream of mapped items that counts itself while it is open. Ending it aborts at once what it waits for; a plain
 * generator would only end when its next item came.
 */
export function counted<T>(
  items: AsyncGenerator<T>,
  map: (item: T) => object,
  ended: AbortController,
  gauge: Pick<Gauge, 'inc' | 'dec'>,
): AsyncGenerator<object> {
  async function* stream(): AsyncGenerator<object> {
    gauge.inc();
    try {
      for await (const item of items) yield map(item);
    } finally {
      gauge.dec();
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
