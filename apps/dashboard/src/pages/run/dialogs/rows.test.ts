import { expect, test } from '@jest/globals';
import { parseRows, placeOf } from './rows.js';

const columns = ['age', 'city'];

test.each([
  [
    'a CSV with names',
    'age,city\n3,"Rome, Italy"\n4,Oslo\n',
    [
      { age: '3', city: 'Rome, Italy' },
      { age: '4', city: 'Oslo' },
    ],
  ],
  [
    'values alone',
    '3;Rome\n\n4;Oslo',
    [
      ['3', 'Rome'],
      ['4', 'Oslo'],
    ],
  ],
  ['one line of a spreadsheet', '3\tRome', [['3', 'Rome']]],
  ['a JSON list of objects', ' [{"age": 3}]', [{ age: 3 }]],
  ['a JSON object', '{"age": 3}', [{ age: 3 }]],
  ['one JSON list of values', '[3, "Rome"]', [[3, 'Rome']]],
  [
    'JSON lists',
    '[[3, "Rome"], [4, "Oslo"]]',
    [
      [3, 'Rome'],
      [4, 'Oslo'],
    ],
  ],
])('%s', (_, text, rows) => {
  expect(parseRows(text, columns)).toEqual(rows);
});

test.each([
  ['', /at least one row/],
  ['[1', /not valid JSON/],
  ['age,city', /no row/],
  ['age,city\n1,2\n3', /Row 2 has 1 values.* 2 columns/],
  ['age,city\n"3,Rome', /not valid CSV/],
])('%j is refused with words', (text, says) => {
  expect(() => parseRows(text, columns)).toThrow(says);
});

// RFC 6901: ~1 stands for /, ~0 for ~.
test.each([
  ['/rows/3/age', 'row 4, age'],
  ['/rows/0/7', 'row 1, value 8'],
  ['/rows/0/a~1b~0', 'row 1, a/b~'],
  ['/rows/2', 'row 3'],
  ['/dataset', '/dataset'],
  ['', null],
  [null, null],
])('%j is "%s"', (pointer, place) => {
  expect(placeOf(pointer)).toBe(place);
});
