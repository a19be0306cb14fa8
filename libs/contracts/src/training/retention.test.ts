import { expect, test } from '@jest/globals';
import { retired, type RetentionPolicy } from './retention.js';

const ALL: RetentionPolicy = { keepLast: null, keepBest: 0, monitor: 'valLoss', mode: 'auto' };
const checkpoints = [0.9, 0.3, Number.NaN, 0.5, 0.3, 0.7].map((valLoss, at) => ({
  step: 10 * (at + 1),
  metrics: { valLoss, valAccuracy: at === 3 ? Infinity : 1 - valLoss },
}));

/** Steps of what a policy deletes. */
const deleted = (policy: Partial<RetentionPolicy>, list: Parameters<typeof retired>[0] = checkpoints) =>
  retired(list, { ...ALL, ...policy }).map(({ step }) => step);

test('all are kept by default', () => {
  expect(deleted({})).toEqual([]);
  expect(deleted({ keepBest: 1 })).toEqual([]);
});

test('the last, in whatever order they come', () => {
  expect(deleted({ keepLast: 2 })).toEqual([10, 20, 30, 40]);
  expect(deleted({ keepLast: 2 }, checkpoints.toReversed())).toEqual([10, 20, 30, 40]);
  expect(deleted({ keepLast: 6 })).toEqual([]);
  expect(deleted({ keepLast: 2 }, [])).toEqual([]);
});

test('the best as well, the earlier of equals first, never one that is not finite', () => {
  expect(deleted({ keepLast: 1, keepBest: 1 })).toEqual([10, 30, 40, 50]);
  expect(deleted({ keepLast: 1, keepBest: 2 })).toEqual([10, 30, 40]);
  expect(deleted({ keepLast: 1, keepBest: 3 })).toEqual([10, 30]);
  expect(deleted({ keepLast: 1, keepBest: 9 })).toEqual([30]);
});

test('more is better where the series or the mode says so', () => {
  expect(deleted({ keepLast: 1, keepBest: 1, monitor: 'valAccuracy' })).toEqual([10, 30, 40, 50]);
  expect(deleted({ keepLast: 1, keepBest: 1, mode: 'max' })).toEqual([20, 30, 40, 50]);
  expect(deleted({ keepLast: 1, keepBest: 1, monitor: 'absent' })).toEqual([10, 20, 30, 40, 50]);
});
