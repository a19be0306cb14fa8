import { expect, test } from '@jest/globals';
import type { FollowOptions, MetricSamples } from '@gradstream/sdk';
import { Feeds } from './Feeds.js';

/** A server whose runs have one point of a loss and never end; it notes what is asked. */
function endless() {
  const asked: string[] = [];
  const open = new Set<string>();
  const ends = new Map<string, () => void>();
  const sampledMetrics = (id: string): Promise<MetricSamples> => {
    asked.push(id);
    const clock = { steps: [1], epochs: [1], times: ['2026-01-01T00:00:00.000Z'] };
    return Promise.resolve({
      ...{ clock, cursor: 'c1', done: false },
      series: [{ name: 'loss', steps: [1], values: [0.5], parts: null }],
    });
  };
  async function* follow(id: string, { signal, onConnected }: FollowOptions = {}) {
    open.add(id);
    onConnected?.();
    await new Promise<void>((resolve) => {
      ends.set(id, resolve);
      signal?.addEventListener('abort', () => resolve());
    });
    open.delete(id);
    yield* [];
  }
  return {
    asked,
    open,
    end: (id: string) => ends.get(id)?.(),
    source: { sampledMetrics, sampledSteps: sampledMetrics, follow },
  };
}

const run = (id: string, attempt = 1) => ({ id, attempt, stepsPerEpoch: 10 });

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
};

/** Waits until all of them are followed. */
const untilLive = (feeds: Feeds): Promise<void> =>
  new Promise((resolve) => {
    feeds.subscribe(() => {
      if (feeds.now().status.kind === 'live') resolve();
    });
  });

test('a run that is left out stops, the others go on; through their attempts; one that had ended is read anew when it is retried', async () => {
  const { asked, open, end, source } = endless();
  const feeds = new Feeds(source);
  feeds.show([run('a'), run('b'), run('c')]);
  await untilLive(feeds);
  const { feeds: before, names } = feeds.now();
  expect([asked, names]).toEqual([['a', 'b', 'c'], ['loss']]);

  feeds.show([run('a'), run('c', 2)]);
  const { feeds: after } = feeds.now();
  expect([...after.keys()]).toEqual(['a', 'c']);
  expect(after.get('a')).toBe(before.get('a'));
  expect(after.get('c')).toBe(before.get('c'));
  expect(asked).toEqual(['a', 'b', 'c']);
  await until(() => !open.has('b'));
  expect([...open].sort()).toEqual(['a', 'c']);
  end('c');
  await until(() => after.get('c')?.status().kind === 'ended');
  feeds.show([run('a'), run('c', 3)]);
  await until(() => after.get('c')?.status().kind === 'live');
  expect(asked).toEqual(['a', 'b', 'c', 'c', 'c']); // A refinement at its end, and the retry.
  expect(feeds.now().names).toEqual(['loss']);
  feeds.show([]);
  expect(feeds.now().names).toEqual([]);
});
