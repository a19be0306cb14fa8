import { expect, test } from '@jest/globals';
import { Points } from './points.js';
import { Smoother } from './smoothing.js';

/** The average by its definition: a weighted mean of all values so far, the weights falling by w each step back. */
const mean = (values: readonly number[], weight: number): number => {
  const weights = values.map((_, at) => weight ** (values.length - 1 - at));
  const sum = weights.reduce((a, b) => a + b, 0);
  return values.reduce((total, value, at) => total + (value * (weights[at] ?? 0)) / sum, 0);
};

test('each average is the weighted mean of what came before', () => {
  const raw = [3, 1, 4, 1, 5, 9, 2, 6];
  const points = new Points();
  const smoother = new Smoother(points, 0.6);
  raw.forEach((value, at) => {
    points.append(at, value);
    const found = smoother.values();
    expect(found).toHaveLength(at + 1);
    expect(found[at]).toBeCloseTo(mean(raw.slice(0, at + 1), 0.6), 12);
  });
  expect([...new Smoother(points, 0).values()]).toEqual(raw);
});

test('NaN and the infinities are shown and do not spoil what follows; a cut is followed', () => {
  const points = new Points();
  const smoother = new Smoother(points, 0.5);
  [1, NaN, 3, Infinity, 5].forEach((value, at) => points.append(at, value));
  const found = [...smoother.values()];
  expect(found[1]).toBeNaN();
  expect(found[3]).toBe(Infinity);
  expect(found[4]).toBeCloseTo(mean([1, 3, 5], 0.5), 12);
  points.cutAfter(0);
  points.append(1, 7);
  expect([...smoother.values()].at(-1)).toBeCloseTo(mean([1, 7], 0.5), 12);
});

test('a point that stands for many values smooths as those would', () => {
  const points = new Points();
  points.append(1, 1, 1, 3); // 1, 1, 1
  points.append(2, 9, NaN, 0);
  points.append(5, 4, 4, 2); // 4, 4
  const found = [...new Smoother(points, 0.6).values()];
  const all = [1, 1, 1, 4, 4];
  expect(found[0]).toBeCloseTo(1, 12);
  expect(found[1]).toBe(found[0]);
  expect(found[2]).toBeCloseTo(mean(all, 0.6), 12);
});
