import { expect, test } from '@jest/globals';
import type { FollowOptions, MetricBatch, MetricSamples } from '@gradstream/sdk';
import { MetricFeed } from './MetricFeed.js';

const time = (step: number): string => new Date(1000 * step).toISOString();
const history: MetricSamples = {
  series: [{ name: 'loss', steps: [1, 2], values: [9, 'NaN'], parts: null }],
  clock: { steps: [1, 2], epochs: [1, 1], times: [time(1), time(2)] },
  cursor: 'c2',
  done: false,
};
const batch = (
  step: number,
  values: MetricBatch['points'][number]['values'],
  rewoundTo: number | null = null,
) => ({
  points: [{ seq: step, attempt: 1, step, epoch: 1, time: time(step), values }],
  ...{ cursor: `c${step}`, rewoundTo, done: false },
});

test('history, then what is live; a run that went back is followed; a lost connection is told with the last step', async () => {
  const seen: unknown[] = [];
  const feed = new MetricFeed(
    {
      sampledMetrics: () => Promise.resolve(history),
      follow: async function* (_id: string, { after, onConnected, onReconnect }: FollowOptions) {
        expect(after).toBe('c2');
        onConnected?.();
        yield await Promise.resolve(batch(3, { loss: 3, accuracy: 0.5 }));
        yield batch(4, { loss: 4 });
        onReconnect?.(null);
        seen.push(feed.status());
        onConnected?.();
        yield batch(3, { loss: 33 }, 2);
      },
    },
    'run_1',
    null,
  );
  let changes = 0;
  const drawn: number[][] = [];
  feed.points.subscribe(() => drawn.push([...feed.series('loss').steps]));
  feed.points.subscribe(() => changes++);
  await feed.run(new AbortController().signal);
  expect(seen).toEqual([{ kind: 'reconnecting', lastStep: 4 }]);
  expect(feed.names()).toEqual(['accuracy', 'loss']);
  expect(drawn).toEqual([
    [1, 2],
    [1, 2, 3],
    [1, 2, 3, 4],
    [1, 2, 3],
    [1, 2],
  ]); // The last is the history again.
  expect(changes).toBe(5);
  expect(feed.status()).toEqual({ kind: 'ended' });
  expect(feed.clock.position(2, 'wall')).toBe(2);
});

test('a failure is a status, unless the page has gone', async () => {
  const error = new Error('no such run');
  const source = {
    sampledMetrics: () => Promise.reject(error),
    follow: () => Promise.reject(error) as never,
  };
  const feed = new MetricFeed(source, 'run_1', null);
  await feed.run(new AbortController().signal);
  expect(feed.status()).toEqual({ kind: 'failed', error });
  const gone = new MetricFeed(source, 'run_1', null);
  await gone.run(AbortSignal.abort());
  expect(gone.status()).toEqual({ kind: 'loading' });
});

test('the outline that is told live is replaced by the history now and then', async () => {
  let now = 0;
  let asked = 0;
  const feed = new MetricFeed(
    {
      sampledMetrics: () => {
        asked++;
        const steps = Array.from({ length: now / 1000 }, (_, at) => at + 1);
        return Promise.resolve({ ...history, series: [{ name: 'loss', steps, values: steps, parts: null }] });
      },
      follow: async function* () {
        for (now = 1000; now <= 7000; now += 1000)
          yield await Promise.resolve(batch(now / 1000, { loss: 0 }));
      },
    },
    'run_1',
    null,
    () => now,
  );
  await feed.run(new AbortController().signal);
  // At its beginning, after 2 s, 4 s later, and at its end.
  expect(asked).toBe(4);
  expect([...feed.series('loss').values]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});
