import { expect, test } from '@jest/globals';
import { outline as outlineOf, type Extract } from './outline.js';

/** Of points that each stand for themselves. */
const outline = (xs: Float64Array, values: Float64Array, extract: Extract) =>
  outlineOf(xs, { values, means: values, counts: values.map(() => 1) }, extract);

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

test('columns lie in what is seen: points beyond it, however far, make none wider', () => {
  // 1,000 points of one second each, after a pause of eight hours; the last 500 are seen, and a point beyond each end.
  const xs = Float64Array.from({ length: 1001 }, (_, at) => (at === 0 ? 0 : 28_800 + at));
  const seen = { from: 0, to: 1001, columns: 100, seen: [28_801, 29_800] as const };
  const found = outline(xs, xs, seen);
  expect(found.xs[0]).toBe(0);
  expect(found.xs).toHaveLength(101);
  const widths = found.xs.slice(2).map((x, at) => x - (found.xs[at + 1] ?? 0));
  expect(Math.max(...widths)).toBeLessThan(12);
  const later = outline(xs, xs, { from: 400, to: 702, columns: 10, seen: [29_200.5, 29_500.5] });
  expect([later.xs[0], later.xs.at(-1)]).toEqual([29_200, 29_501]);
  expect([later.low?.[0], later.high?.[0]]).toEqual([29_200, 29_200]);
  expect(later.xs).toHaveLength(12);
});

test('a line goes through the means of parts, and the envelope through their extremes', () => {
  // 1,000 parts of 40 values: 39 of 1 and one of 100, told by their lowest and their highest.
  const [parts, mean] = [1000, (39 * 1 + 100) / 40];
  const at = Array.from({ length: 2 * parts }, (_, index) => index);
  const xs = Float64Array.from(at, (index) => 20 * index);
  const values = Float64Array.from(at, (index) => (index % 2 === 0 ? 1 : 100));
  const means = Float64Array.from(at, (index) => (index % 2 === 0 ? mean : NaN));
  const counts = Float64Array.from(at, (index) => (index % 2 === 0 ? 40 : 0));
  for (const columns of [100, 3000]) {
    const found = outlineOf(xs, { values, means, counts }, { from: 0, to: xs.length, columns });
    expect(found.xs).toHaveLength(Math.min(parts, columns));
    expect(found.line.every((value) => Math.abs(value - mean) < 1e-12)).toBe(true);
    expect([found.low?.every((value) => value === 1), found.high?.every((value) => value === 100)]).toEqual([
      true,
      true,
    ]);
  }
  const uneven = outlineOf(
    Float64Array.of(1, 2, 3, 4),
    {
      values: Float64Array.of(0, 9, 5, 7),
      means: Float64Array.of(1, NaN, 5, 7),
      counts: Float64Array.of(8, 0, 1, 1),
    },
    { from: 0, to: 4, columns: 1 },
  );
  expect([...uneven.line]).toEqual([(8 * 1 + 5 + 7) / 10]);
});
