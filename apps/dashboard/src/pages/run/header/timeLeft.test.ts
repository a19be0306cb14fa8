import { expect, test } from '@jest/globals';
import { secondsLeft, sighted } from './timeLeft.js';

test('the time left is by the recent speed alone, and unknown before two sightings', () => {
  let seen = sighted([], { at: 0, step: 0 });
  expect(secondsLeft(100, seen)).toBeNull();
  seen = sighted(seen, { at: 10_000, step: 10 });
  expect(secondsLeft(100, seen)).toBe(90); // A step a second.
  seen = sighted(seen, { at: 35_000, step: 60 });
  expect(secondsLeft(100, seen)).toBe(20); // Two a second since the tenth.
  expect(secondsLeft(null, seen)).toBeNull();
});

test('a run that went back is measured anew', () => {
  const seen = sighted([{ at: 0, step: 50 }], { at: 1000, step: 40 });
  expect(seen).toEqual([{ at: 1000, step: 40 }]);
  expect(secondsLeft(100, seen)).toBeNull();
});
