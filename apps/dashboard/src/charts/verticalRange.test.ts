import { expect, test } from '@jest/globals';
import { rangeOf } from './lines.js';
import { VerticalRange, type Sight } from './verticalRange.js';

const seen: Sight = { reach: [0.1, 2], points: 100, isLog: false, isLocked: false };

test('a range follows the points, and stays while it is locked', () => {
  const range = new VerticalRange();
  expect(range.next(seen)).toEqual(rangeOf([0.1, 2], false));
  const locked: Sight = { ...seen, isLocked: true, reach: [0.1, 50] };
  expect(range.next(locked)).toEqual(rangeOf([0.1, 2], false));
  expect(range.next({ ...locked, reach: null })).toEqual(rangeOf([0.1, 2], false));
  expect(range.next({ ...locked, isLocked: false })).toEqual(rangeOf([0.1, 50], false));
  // A reader who locks a chart of one point wants what is seen.
  range.next({ ...seen, reach: [1, 1], points: 1 });
  expect(range.next({ ...locked, points: 2 })).toEqual([0.9, 1.1]);
});

test('a linear range that begins below 0 is none for a logarithmic axis: each kind has its own', () => {
  const range = new VerticalRange();
  const [low] = range.next(seen);
  expect(low).toBeLessThan(0);
  const locked: Sight = { ...seen, isLocked: true };
  const log = range.next({ ...locked, isLog: true });
  expect(log).toEqual(rangeOf([0.1, 2], true));
  expect(log[0]).toBeGreaterThan(0);
  expect(range.next({ ...locked, isLog: true, reach: [0.001, 9] })).toEqual(log);
  expect(range.next({ ...locked, reach: [0.001, 9] })).toEqual(rangeOf([0.1, 2], false));
});

test('nothing above 0 leaves a logarithmic axis that can be drawn, and is not what a lock holds', () => {
  const range = new VerticalRange();
  range.next(seen);
  const locked: Sight = { ...seen, isLocked: true, isLog: true };
  expect(range.next({ ...locked, reach: null })[0]).toBeGreaterThan(0);
  expect(range.next(locked)).toEqual(rangeOf([0.1, 2], true));
});

test('a chart that is opened locked widens until it has more than a few points', () => {
  const range = new VerticalRange();
  const opened: Sight = { ...seen, isLocked: true };
  expect(range.next({ ...opened, reach: null, points: 0 })).toEqual([0, 1]);
  expect(range.next({ ...opened, reach: [2, 2], points: 1 })).toEqual(rangeOf([2, 2], false));
  expect(range.next({ ...opened, reach: [1, 2], points: 2 })).toEqual(rangeOf([1, 2], false));
  // A zoom does not make it narrower.
  expect(range.next({ ...opened, reach: [1.5, 1.6], points: 3 })).toEqual(rangeOf([1, 2], false));
  expect(range.next({ ...opened, reach: [0.5, 1], points: 30 })).toEqual(rangeOf([0.5, 2], false));
  expect(range.next({ ...opened, reach: [0, 9], points: 31 })).toEqual(rangeOf([0.5, 2], false));
});
