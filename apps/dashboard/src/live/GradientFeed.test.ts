import { expect, test } from '@jest/globals';
import type { GradientBatch, LayerGradient } from '@gradstream/sdk';
import { GradientFeed } from './GradientFeed.js';

const layer = (name: string, norm: number, more: Partial<LayerGradient> = {}): LayerGradient => ({
  ...{ layer: name, norm, mean: null, std: null, zeroFraction: null, nonFinite: null },
  ...{ updateRatio: null, histogram: null, ...more },
});
const batch = (step: number, layers: LayerGradient[], rewoundTo: number | null = null): GradientBatch => ({
  points: [{ seq: step, attempt: 1, step, epoch: 1, time: new Date(step).toISOString(), layers }],
  ...{ cursor: `c${step}`, rewoundTo, done: false },
});

test('layers in their order, norms and histograms by step, and what a rewind takes back', async () => {
  const full = { zeroFraction: 0.75, nonFinite: 2, histogram: [1, 2] };
  const feed = new GradientFeed(
    {
      sampledGradients: () => Promise.resolve(batch(1, [layer('b', 1), layer('a', 2)])),
      followGradients: async function* () {
        yield await Promise.resolve(batch(2, [layer('b', 3, full), layer('a', 4)]));
        yield batch(3, [layer('b', 5), layer('a', 6)]);
        yield batch(3, [layer('b', 7), layer('a', 8)], 2);
      },
    },
    'run_1',
    null,
  );
  await feed.run(new AbortController().signal);
  expect(feed.names()).toEqual(['b', 'a']);
  expect([...(feed.layer('b')?.norms.values ?? [])]).toEqual([1, 3, 7]);
  expect(feed.layer('b')?.full?.zeroFraction).toBe(0.75);
  expect(feed.normColumns().map(({ step, norms }) => [step, norms.get('a')])).toEqual([
    [1, 2],
    [2, 4],
    [3, 8],
  ]);
  expect(feed.histogramColumns()).toEqual([{ step: 2, histograms: new Map([['b', [1, 2]]]) }]);
  expect(feed.status()).toEqual({ kind: 'ended' });
});
