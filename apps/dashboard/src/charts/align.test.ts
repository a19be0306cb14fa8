import { expect, test } from '@jest/globals';
import { align } from './align.js';

test('a union of the x values; a gap where a value is not finite, nothing where there is none', () => {
  const found = align([
    { xs: [1, 2, 3], ys: [10, NaN, 30] },
    { xs: [2, 4], ys: [200, Infinity] },
  ]);
  expect(found.xs).toEqual([1, 2, 3, 4]);
  expect(found.ys).toEqual([
    [10, null, 30, undefined],
    [undefined, 200, undefined, null],
  ]);
});

test('the same x values, none, and an empty one', () => {
  expect(
    align([
      { xs: [1], ys: [2] },
      { xs: [1], ys: [3] },
    ]),
  ).toEqual({ xs: [1], ys: [[2], [3]] });
  expect(align([])).toEqual({ xs: [], ys: [] });
  expect(
    align([
      { xs: [], ys: [] },
      { xs: [5], ys: [6] },
    ]),
  ).toEqual({ xs: [5], ys: [[undefined], [6]] });
});
