// Expected lists are worked out by hand from the rule.

import { describe, expect, test } from '@jest/globals';
import { toDelete, type RetainedCheckpoint } from './retention.js';

const at = (
  step: number,
  valLoss = Number.NaN,
  changes: Partial<RetainedCheckpoint> = {},
): RetainedCheckpoint => ({
  ...{ step, metrics: { valLoss }, needed: false, takenBack: false },
  ...changes,
});
const policy = { keepLast: 2, keepBest: 0, monitor: 'valLoss', mode: 'auto' } as const;
const steps = (checkpoints: readonly RetainedCheckpoint[], changes: object = {}): number[] =>
  toDelete(checkpoints, { ...policy, ...changes }).map(({ step }) => step);

describe('retention', () => {
  const four = [at(1, 0.1), at(2, 0.4), at(3, 0.1), at(4, 0.3)];

  test.each([
    ['all but the last two go', four, {}, [1, 2]],
    ['the order of the list does not matter', [at(4), at(1), at(3)], {}, [1]],
    ['nothing goes unless it is asked for', four, { keepLast: null, keepBest: 1 }, []],
    ['the best stays besides the last; of equals the earlier', four, { keepLast: 1, keepBest: 1 }, [2, 3]],
    ['more can be better', four, { keepLast: 1, keepBest: 1, mode: 'max' }, [1, 3]],
    [
      'a name says whether more is better',
      [{ ...at(1), metrics: { accuracy: 0.9 } }, { ...at(2), metrics: { accuracy: 0.5 } }, at(3)],
      { keepLast: 1, keepBest: 1, monitor: 'accuracy' },
      [2],
    ],
    [
      'no number is never the best',
      [at(1), at(2, Infinity), at(3, 9), at(4)],
      { keepLast: 1, keepBest: 2 },
      [1, 2],
    ],
    ['what is needed stays', [at(1, 1, { needed: true }), at(2), at(3), at(4)], {}, [2]],
    ['and counts among the last', [at(1), at(2), at(3), at(4, 1, { needed: true })], {}, [1, 2]],
    [
      'what was taken back goes, and takes no place',
      [at(9, 0, { takenBack: true }), at(1), at(2)],
      { keepBest: 1 },
      [9],
    ],
    ['but stays when it is needed', [at(9, 0, { takenBack: true, needed: true }), at(1)], {}, []],
  ])('%s', (_, checkpoints, changes, expected) => {
    expect(steps(checkpoints, changes)).toEqual(expected);
  });
});
