import { expect, test } from '@jest/globals';
import { outline } from './outline.js';

test('few points stay as they are', () => {
  const found = outline(Float64Array.of(1, 2, 5), Float64Array.of(9, NaN, 7), { from: 1, to: 3, columns: 4 });
  expect([...found.xs]).toEqual([2, 5]);
  expect([...found.line]).toEqual([NaN, 7]);
  expect(found.low).toBeNull();
});

test('many become columns with their mean and reach, whatever lies between', () => {
  const xs = Float64Array.from({ length: 1000 }, (_, at) => at);
  const values = xs.map((x) => (x === 500 ? 50 : x === 250 ? -50 : x === 10 ? NaN : 1));
  const found = outline(xs, values, { from: 0, to: 1000, columns: 10 });
  expect(found.xs).toHaveLength(10);
  expect(Math.max(...(found.high ?? []))).toBe(50);
  expect(Math.min(...(found.low ?? []))).toBe(-50);
  expect(found.line[0]).toBe(1); // The NaN is no part of the mean.
  // 999 intervals of 1 in ten columns of 99.9: the third has the x from 200 to 299, all 1 but one of -50.
  expect(found.line[2]).toBeCloseTo((99 - 50) / 100, 10);
  expect(found.xs.every((x, at) => at === 0 || x > (found.xs[at - 1] ?? 0))).toBe(true);
});

test('a gap of the steps makes no empty column', () => {
  const xs = Float64Array.of(0, 1, 2, 97, 98, 99);
  const found = outline(xs, xs, { from: 0, to: 6, columns: 4 });
  expect([...found.xs]).toEqual([1, 98]);
  expect([...(found.low ?? [])]).toEqual([0, 97]);
});
