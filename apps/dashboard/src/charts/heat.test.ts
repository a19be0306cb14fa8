import { expect, test } from '@jest/globals';
import { heatCells } from './heat.js';

test('cells by their logarithm; 0 is as low as the lowest, what is not finite stands apart, gaps stay', () => {
  const found = heatCells({
    values: [
      [1, 100, null],
      [0, NaN, 0.01],
    ],
  });
  expect(found.range).toEqual([-2, 2]);
  expect(found.cells).toEqual([
    [0, 0, 0],
    [0, 1, 2],
    [1, 0, -2],
    [1, 2, -2],
  ]);
  expect(found.odd).toEqual([[1, 1]]);
});
