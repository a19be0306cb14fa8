import { expect, test } from '@jest/globals';
import { secondsLeft } from './pace.js';

const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();
const run = { state: 'running', step: 40, totalSteps: 100 } as const;

test('the time that is left is by the speed of the last part', () => {
  // 10 steps in 20 s: 2 s a step, and 60 steps to go.
  expect(secondsLeft(run, { steps: [1, 30, 40], times: [at(0), at(5), at(25)] })).toBe(120);
});

test('it is not known of a run that does not train, is done, or has told too little', () => {
  const clock = { steps: [1, 30], times: [at(0), at(5)] };
  expect(secondsLeft({ ...run, state: 'paused' }, clock)).toBeNull();
  expect(secondsLeft({ ...run, totalSteps: null }, clock)).toBeNull();
  expect(secondsLeft({ ...run, step: 100 }, clock)).toBeNull();
  expect(secondsLeft(run, { steps: [30], times: [at(5)] })).toBeNull();
  expect(secondsLeft(run, { steps: [1, 30], times: [at(5), at(5)] })).toBeNull();
});
