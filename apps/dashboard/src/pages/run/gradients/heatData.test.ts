import { expect, test } from '@jest/globals';
import { GradientFeed } from '../../../live/GradientFeed.js';
import { histogramData, normData } from './heatData.js';

const nothing = { mean: null, std: null, zeroFraction: 0, nonFinite: 0, updateRatio: null };
const bins = (counts: Readonly<Record<number, number>>): number[] =>
  Array.from({ length: 64 }, (_, bin) => counts[bin] ?? 0);

test('norms by layer from the top, and the bins of a layer that are used, with the size that they begin at', async () => {
  const point = (step: number, histogram: number[] | null) => ({
    ...{ seq: step, attempt: 1, step, epoch: 1, time: new Date(step).toISOString() },
    layers: [
      { layer: 'first', norm: step, histogram, ...nothing },
      { layer: 'last', norm: 2 * step, histogram: null, ...nothing },
    ],
  });
  const points = [point(1, bins({ 46: 5, 48: 1 })), point(2, null), point(3, bins({ 47: 2 }))];
  const feed = new GradientFeed(
    {
      sampledGradients: () => Promise.resolve({ points, cursor: 'c', rewoundTo: null, done: true }),
      followGradients: () => Promise.reject(new Error('the run has ended')) as never,
    },
    'run_1',
    null,
  );
  await feed.run(new AbortController().signal);
  expect(normData(feed, feed.names())).toMatchObject({
    columns: [1, 2, 3],
    rows: ['last', 'first'],
    values: [
      [2, 1],
      [4, 2],
      [6, 3],
    ],
  });
  // Bin 47 begins at 2^(47 - 47) = 1.
  expect(histogramData(feed, 'first')).toMatchObject({
    columns: [1, 3],
    rows: ['2^-1', '2^0', '2^1'],
    values: [
      [5, null, 1],
      [null, 2, null],
    ],
  });
});
