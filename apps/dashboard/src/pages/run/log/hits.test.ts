import { expect, test } from '@jest/globals';
import { findHits, hitsByLine, partsOf } from './hits.js';

const lines = ['Loss is NaN', 'all is well', 'is it? IS it.'].map((message) => ({ message }));

test('each occurrence counts, upper and lower case alike, signs of patterns as they are', () => {
  expect(findHits(lines, 'is').map(({ line, from, to }) => [line, from, to])).toEqual([
    [0, 5, 7],
    [1, 4, 6],
    [2, 0, 2],
    [2, 7, 9],
  ]);
  expect(findHits(lines, 'it?')).toEqual([{ line: 2, from: 3, to: 6 }]);
  expect(findHits([{ message: 'a-b/c (x)' }], 'b/c (x')).toHaveLength(1);
  expect(findHits(lines, '')).toEqual([]);
  expect(findHits(lines, 'nowhere')).toEqual([]);
});

test('each sign of the keyboard is found as it is', () => {
  const signs = Array.from({ length: 0x7f - 0x20 }, (_, at) => String.fromCharCode(0x20 + at));
  expect(signs.join('')).toMatch(/^ !.*-.*~$/);
  for (const sign of signs)
    expect([sign, findHits([{ message: `ä${sign}ä` }], sign)]).toEqual([sign, [{ line: 0, from: 1, to: 2 }]]);
});

test('a message is cut at its hits, and put together is as it was', () => {
  const hits = hitsByLine(findHits(lines, 'is')).get(2) ?? [];
  const parts = partsOf('is it? IS it.', hits);
  expect(parts).toEqual([
    { text: 'is', hit: 2 },
    { text: ' it? ', hit: null },
    { text: 'IS', hit: 3 },
    { text: ' it.', hit: null },
  ]);
  expect(partsOf('', [])).toEqual([{ text: '', hit: null }]);
});
