import { expect, test } from '@jest/globals';
import { lowerBound, Points } from './points.js';

const of = (pairs: readonly (readonly [number, number])[]): Points => {
  const points = new Points();
  for (const [step, value] of pairs) points.append(step, value);
  return points;
};

test('points are kept in order; a step that is told again replaces its value', () => {
  const points = of([
    [1, 10],
    [2, 20],
    [4, NaN],
  ]);
  const before = points.revision;
  points.append(2, 21);
  expect([...points.steps]).toEqual([1, 2, 4]);
  expect([...points.values]).toEqual([10, 21, NaN]);
  expect(points.revision).toBeGreaterThan(before);
});

test('a cut forgets what came later, and no more', () => {
  const points = of([
    [1, 1],
    [5, 5],
    [9, 9],
  ]);
  points.cutAfter(5);
  expect([...points.steps]).toEqual([1, 5]);
  const { revision } = points;
  points.cutAfter(7);
  expect(points.revision).toBe(revision);
  points.append(6, 6);
  expect([...points.steps]).toEqual([1, 5, 6]);
});

test('a part is replaced by more points, and put back', () => {
  const points = of([
    [1, 10],
    [5, 50],
    [9, 90],
  ]);
  const before = points.replaceRange(4, 7, { steps: [4, 5, 6, 7], values: [40, 51, NaN, 70] });
  expect([...points.steps]).toEqual([1, 4, 5, 6, 7, 9]);
  expect([...points.values]).toEqual([10, 40, 51, NaN, 70, 90]);
  points.append(11, 110);
  points.replaceRange(4, 7, before);
  expect([...points.steps]).toEqual([1, 5, 9, 11]);
  expect([...points.values]).toEqual([10, 50, 90, 110]);
});

test('more points than there was room for', () => {
  const points = of(Array.from({ length: 250 }, (_, at) => [at * 10, at] as const));
  const steps = Array.from({ length: 1001 }, (_, at) => 1000 + at);
  points.replaceRange(1000, 2000, { steps, values: steps });
  points.append(5000, 1);
  expect(points.length).toBe(250 - 101 + 1001 + 1);
  expect(points.values[lowerBound(points.steps, 1234)]).toBe(1234);
  expect([points.steps[0], points.lastStep]).toEqual([0, 5000]);
});

test('a million points stay few, in order, evenly, with the extremes and what is not finite', () => {
  const points = new Points();
  for (let step = 1; step <= 1_000_000; step++) {
    const value =
      step === 123_456 ? 99 : step === 234_567 ? -99 : step === 345_678 ? Infinity : Math.sin(step);
    points.append(step, value);
  }
  expect(points.length).toBeLessThanOrEqual(65_536);
  const { steps, values } = points;
  expect(steps.every((step, at) => at === 0 || step > (steps[at - 1] ?? 0))).toBe(true);
  expect(steps.at(-1) ?? 0).toBeGreaterThan(1_000_000 - 64);
  for (const [step, value] of [
    [123_456, 99],
    [234_567, -99],
    [345_678, Infinity],
  ] as const)
    expect(values[lowerBound(steps, step)]).toBe(value);
  // Whatever was left out, the mean of all is kept: 99, -99 and the sines in float64.
  const { means, counts } = points;
  let [sum, count] = [0, 0];
  means.forEach((mean, at) => {
    if ((counts[at] ?? 0) === 0) return;
    sum += mean * (counts[at] ?? 0);
    count += counts[at] ?? 0;
  });
  let expected = 0;
  for (let step = 1; step <= 1_000_000; step++)
    if (step !== 345_678) expected += step === 123_456 ? 99 : step === 234_567 ? -99 : Math.sin(step);
  expect(count).toBe(999_999);
  expect(sum / count).toBeCloseTo(expected / 999_999, 10);
  const gaps = steps.map((step, at) => step - (steps[at - 1] ?? 0));
  expect(Math.max(...gaps)).toBeLessThan(200);
});
