import { expect, test } from '@jest/globals';
import { toCsv } from './csv.js';

test('one row for each x; NaN stays NaN, a missing point is an empty cell, names are quoted', () => {
  const text = toCsv('step', [
    { label: 'loss', xs: [1, 2], ys: [0.5, NaN] },
    { label: 'a "b", c', xs: [2, 3], ys: [1, -Infinity] },
  ]);
  expect(text).toBe('step,loss,"a ""b"", c"\r\n1,0.5,\r\n2,NaN,1\r\n3,,-Infinity\r\n');
});
