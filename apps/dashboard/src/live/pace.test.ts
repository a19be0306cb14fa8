import { expect, test } from '@jest/globals';
import { paceOf, secondsLeft, sighted, type Sighting } from './pace.js';
import { runRow } from '../pages/runs/testing/rows.js';

const seen = (...pairs: readonly (readonly [number, number])[]): readonly Sighting[] =>
  pairs.map(([at, step]) => ({ at, step })).reduce<readonly Sighting[]>(sighted, []);

test('20 steps in 4 s are 5 a second', () => {
  expect(paceOf(seen([1000, 10], [3000, 22], [5000, 30]))).toBe(5);
});

test('what lies more than 30 s back does not count, nor what a rewind took back', () => {
  expect(paceOf(seen([0, 0], [20_000, 1000], [40_000, 1040], [50_000, 1060]))).toBe(2);
  expect(paceOf(seen([0, 100], [1000, 200], [2000, 150]))).toBeNull();
});

test('the rest at the recent speed; before that is known, at the mean one of a run that was started once', () => {
  const started = Date.parse('2026-01-01T00:00:00.000Z');
  const run = runRow({ step: 10, totalSteps: 100 });
  expect(secondsLeft(run, seen([0, 0], [2000, 6]), started)).toBe(30);
  expect(secondsLeft(run, [], started + 5000)).toBe(45);
  expect(secondsLeft({ ...run, attempt: 2 }, [], started + 5000)).toBeNull();
  expect(secondsLeft({ ...run, state: 'paused' }, [], started + 5000)).toBeNull();
});
