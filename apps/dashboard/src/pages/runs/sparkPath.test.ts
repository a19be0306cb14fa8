import { expect, test } from '@jest/globals';
import { sparkPath } from './sparkPath.js';

test('the greatest value is at the top, steps keep their distances', () => {
  expect(sparkPath({ steps: [0, 10, 40], values: [2, 1, 0] }, 80, 20)).toBe('M0.0 0.0L20.0 10.0L80.0 20.0');
});

test('what is no number leaves a gap', () => {
  expect(sparkPath({ steps: [0, 1, 2], values: [1, 'NaN', 0] }, 10, 10)).toBe('M0.0 0.0M10.0 10.0');
  expect(sparkPath({ steps: [0], values: ['Infinity'] }, 10, 10)).toBe('');
});

test('a level line is in the middle', () => {
  expect(sparkPath({ steps: [0, 1], values: [3, 3] }, 10, 10)).toBe('M0.0 5.0L10.0 5.0');
});
