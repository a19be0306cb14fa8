import { expect, test } from '@jest/globals';
import { Thinned } from './thinned.js';

const added = (most: number, steps: readonly number[]) => {
  const list = new Thinned(most);
  for (const step of steps) list.add({ step });
  return list;
};
const range = (from: number, to: number, by = 1): number[] =>
  Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, at) => from + at * by);
const gaps = (steps: readonly number[]): number[] =>
  steps.slice(1).map((step, at) => step - (steps[at] ?? 0));

test('many become few, evenly spread, with the last one', () => {
  const list = added(8, range(0, 1000));
  const found = list.entries().map(({ step }) => step);
  expect(found.length).toBeLessThanOrEqual(9);
  expect(found.length).toBeGreaterThanOrEqual(4);
  expect([found[0], found.at(-1)]).toEqual([0, 1000]);
  expect(new Set(gaps(found.slice(0, -1))).size).toBe(1);
  list.keep(({ step }) => step < 300);
  expect(list.entries().every(({ step }) => step < 300)).toBe(true);
});

test('few stay as they are; what is measured every ten steps stays even', () => {
  expect(added(8, [3, 7, 50]).entries()).toEqual([{ step: 3 }, { step: 7 }, { step: 50 }]);
  const found = added(8, range(10, 1000, 10)).entries();
  expect(new Set(gaps(found.slice(0, -1).map(({ step }) => step))).size).toBe(1);
});

test('steps that come one by one after a spread history take no more room than it did', () => {
  // 400 steps of 100,000, then 1,000 steps live.
  const found = added(400, [...range(0, 99_750, 250), ...range(99_751, 100_750)]).entries();
  const steps = found.slice(0, -1).map(({ step }) => step);
  expect(found.length).toBeLessThanOrEqual(401);
  expect(found.length).toBeGreaterThanOrEqual(200);
  expect(steps.filter((step) => step > 99_750).length).toBeLessThanOrEqual(5);
  expect(Math.max(...gaps(steps))).toBeLessThanOrEqual(512);
});
