import { expect, test } from '@jest/globals';
import { toColumns } from './columns.js';

test('the first point of a part has its mean and count; a part without a number breaks the line', () => {
  const columns = toColumns({
    steps: [1, 4, 9, 10, 15, 20],
    values: [3, 1, 7, 'NaN', 5, 6],
    parts: { firstSteps: [1, 10, 12], lastSteps: [9, 11, 20], means: [2.5, 'NaN', 5.25], counts: [9, 0, 9] },
  });
  expect(columns.means).toEqual([2.5, NaN, NaN, NaN, 5.25, NaN]);
  expect(columns.counts).toEqual([9, 0, 0, 1, 9, 0]);
  expect(columns.values).toEqual([3, 1, 7, NaN, 5, 6]);
});

test('where all points are there, each is its own mean', () => {
  expect(toColumns({ steps: [1], values: ['Infinity'], parts: null })).toEqual({
    steps: [1],
    values: [Infinity],
  });
});
