import { expect, test } from '@jest/globals';
import { GradstreamError, type FollowOptions, type MetricBatch, type MetricSamples } from '@gradstream/sdk';
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
      sampledSteps: () => Promise.reject(new Error('nobody zooms')),
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

/** A run of 10,000 steps, of which the history shows each hundredth, and a part all. */
function longRun() {
  const asked: { fromStep: number; toStep: number; signal?: AbortSignal }[] = [];
  let isAway = false;
  const samples = (steps: number[]): MetricSamples => ({
    ...{ series: [{ name: 'loss', steps, values: steps, parts: null }], cursor: 'c', done: true },
    clock: { steps: [1, 10_000], epochs: [1, 1], times: [time(1), time(10_000)] },
  });
  const source: ConstructorParameters<typeof MetricFeed>[0] = {
    sampledMetrics: () => Promise.resolve(samples(Array.from({ length: 101 }, (_, at) => at * 100))),
    sampledSteps: async (_id, { fromStep, toStep, signal }) => {
      asked.push({ fromStep, toStep, ...(signal ? { signal } : {}) });
      await Promise.resolve();
      if (isAway) throw new Error('away');
      return samples(Array.from({ length: toStep - fromStep + 1 }, (_, at) => fromStep + at));
    },
    follow: () => Promise.reject(new Error('it has ended')) as never,
  };
  const setAway = (away: boolean): void => {
    isAway = away;
  };
  return { asked, setAway, feed: new MetricFeed(source, 'run_1', null) };
}

test('a zoom fetches all points of its part, once; its end brings the history back', async () => {
  const { feed, asked } = longRun();
  await feed.run(new AbortController().signal);
  const loss = feed.series('loss');
  feed.finer.look({ zoom: [1000.5, 1203], xAxis: 'step' });
  await feed.finer.check();
  expect(asked).toMatchObject([{ fromStep: 1001, toStep: 1203 }]);
  expect(loss.length).toBe(101 - 2 + 203);
  expect([...loss.steps.slice(9, 13)]).toEqual([900, 1000, 1001, 1002]);
  expect([...loss.steps.slice(212, 215)]).toEqual([1202, 1203, 1300]);
  feed.finer.look({ zoom: [1010, 1050], xAxis: 'step' });
  await feed.finer.check();
  expect(asked).toHaveLength(1);
  feed.finer.look(null);
  expect([...loss.steps]).toEqual(Array.from({ length: 101 }, (_, at) => at * 100));
});

test('what is asked for a zoom that is gone is cancelled; a failure leaves what there was', async () => {
  const { feed, asked, setAway } = longRun();
  await feed.run(new AbortController().signal);
  feed.finer.look({ zoom: [0, 500], xAxis: 'step' });
  const first = feed.finer.check();
  expect(feed.finer.status()).toEqual({ kind: 'loading' });
  feed.finer.look({ zoom: [2000, 2500], xAxis: 'step' });
  expect(asked[0]?.signal?.aborted).toBe(true);
  await first;
  expect(feed.series('loss').length).toBe(101);
  setAway(true);
  await feed.finer.check();
  expect(feed.finer.status()).toEqual({ kind: 'failed', error: new Error('away') });
  expect(feed.series('loss').length).toBe(101);
  setAway(false);
  await feed.finer.check();
  expect(feed.finer.status()).toEqual({ kind: 'none' });
  expect(feed.series('loss').length).toBe(101 - 6 + 501);
  feed.finer.look(null);
});

test('a failure is a status, unless the page has gone', async () => {
  const error = new Error('no such run');
  const source = {
    sampledMetrics: () => Promise.reject(error),
    sampledSteps: () => Promise.reject(error),
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
      sampledSteps: () => Promise.reject(new Error('nobody zooms')),
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

test('a history that cannot be had meanwhile changes nothing; a run that ended is read anew when it goes on', async () => {
  let [asked, followed, now] = [0, 0, 0];
  const feed = new MetricFeed(
    {
      sampledMetrics: () =>
        ++asked === 1 || asked > 4
          ? Promise.resolve(history)
          : Promise.reject(new GradstreamError('INTERNAL', 'a proxy says 502')),
      sampledSteps: () => Promise.reject(new Error('nobody zooms')),
      follow: async function* () {
        followed++;
        now += 60_000;
        yield await Promise.resolve(batch(3, { loss: 3 }));
        now += 60_000;
        yield batch(4, { loss: 4 });
      },
    },
    'run_1',
    null,
    () => now,
  );
  const { signal } = new AbortController();
  await feed.run(signal);
  expect([asked, feed.status()]).toEqual([4, { kind: 'ended' }]);
  expect([...feed.series('loss').steps]).toEqual([1, 2, 3, 4]);
  feed.resume(signal);
  while (followed < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(asked).toBeGreaterThan(4);
});
