import { expect, test } from '@jest/globals';
import { permutation } from '../splits/random.js';
import { ValueCounts } from './counts.js';
import { detailFor } from './detail.js';
import { Moments } from './moments.js';
import { QuantileSketch } from './quantiles.js';

test('moments keep their digits when the mean is large', () => {
  const moments = new Moments();
  for (const value of [4, 7, 13, 16]) moments.add(1e9 + value);
  // Python: statistics.pstdev([4, 7, 13, 16]) is 4.743416490252569, and the mean is 10.
  expect([moments.count, moments.mean, moments.min, moments.max]).toEqual([4, 1e9 + 10, 1e9 + 4, 1e9 + 16]);
  expect(moments.std).toBeCloseTo(4.743416490252569, 12);
  expect(new Moments().std).toBeNaN();
});

test('moments of whole arrays are those of their numbers', () => {
  const moments = new Moments();
  moments.add(1e9 + 4);
  expect(moments.addAll(Float64Array.of(0, 1e9 + 7, 1e9 + 13, 0), 1, 3)).toBe(true);
  expect(moments.addAll([1, NaN], 0, 2)).toBe(false);
  expect(moments.addAll([1, Infinity, -Infinity], 0, 3)).toBe(false);
  expect(moments.addAll(Float64Array.of(1e9 + 16), 0, 1)).toBe(true);
  expect([moments.count, moments.mean, moments.min, moments.max]).toEqual([4, 1e9 + 10, 1e9 + 4, 1e9 + 16]);
  expect(moments.std).toBeCloseTo(4.743416490252569, 12);
});

test('quantiles of few numbers are exact, by the nearest rank', () => {
  const sketch = new QuantileSketch(8192);
  expect(sketch.at([0.5])).toBeNull();
  for (const value of [15, 20, 35, 40, 50]) sketch.add(value);
  // Ranks ⌈0.05 · 5⌉ = 1, ⌈0.3 · 5⌉ = 2, ⌈0.4 · 5⌉ = 2, ⌈0.5 · 5⌉ = 3, 5: the nearest-rank method.
  expect(sketch.at([0.05, 0.3, 0.4, 0.5, 1])).toEqual([15, 20, 20, 35, 50]);
  expect(sketch.rankError).toBe(0);
});

test.each([
  ['shuffled', Array.from(permutation(1_000_000, 7n))],
  ['ascending', Array.from({ length: 1_000_000 }, (_, at) => at)],
  ['descending', Array.from({ length: 1_000_000 }, (_, at) => 999_999 - at)],
])('quantiles of a million numbers, %s, are within the error that is stated', (_, numbers) => {
  const sketch = new QuantileSketch(8192);
  for (const value of numbers) sketch.add(value);
  expect(sketch.rankError).toBeGreaterThan(0);
  expect(sketch.rankError).toBeLessThan(0.002);
  // The numbers are 0 … 999,999, so that a value is its rank.
  const shares = [0.001, 0.01, 0.25, 0.5, 0.75, 0.99];
  (sketch.at(shares) ?? []).forEach((value, at) => {
    expect(Math.abs(value / 1_000_000 - (shares[at] ?? 0))).toBeLessThan(sketch.rankError + 1e-6);
  });
});

test('of many columns less is kept of each', () => {
  expect(detailFor(9)).toEqual({ quantileBuffer: 8192, maxDistinct: 1000 });
  expect(detailFor(10_000)).toEqual({ quantileBuffer: 256, maxDistinct: 100 });
});

test('values are counted while there are few', () => {
  const counts = new ValueCounts<string>(1000);
  for (const value of ['b', 'a', 'b', 'c', 'c']) counts.add(value);
  expect(counts.top).toEqual([
    { value: 'b', count: 2 },
    { value: 'c', count: 2 },
    { value: 'a', count: 1 },
  ]);
  for (let at = 0; at < 2000; at++) counts.add(String(at));
  expect([counts.distinct, counts.top]).toEqual([null, []]);
});
