import { expect, test } from '@jest/globals';
import { namesOf, toPointer, without, written } from './values.js';

test('what fits stands on one line, but for the first level', () => {
  expect(written([{ type: 'dense', input: [64] }, {}])).toBe(
    '[\n  { "type": "dense", "input": [64] },\n  {}\n]',
  );
  expect(written({ a: 1 })).toBe('{\n  "a": 1\n}');
  expect(written([])).toBe('[]');
  expect(written(null)).toBe('null');
  const long = { name: 'x'.repeat(60), values: Array.from({ length: 30 }, (_, at) => at) };
  expect(written({ long }).split('\n')[1]).toBe('  "long": {');
  expect(JSON.parse(written({ long }))).toEqual({ long });
});

test('a pointer and its names', () => {
  expect(toPointer(['a/b', 0, 'c~d'])).toBe('/a~1b/0/c~0d');
  expect(namesOf('/a~1b/0/c~0d')).toEqual(['a/b', '0', 'c~d']);
  expect(namesOf('')).toEqual([]);
});

test('what is at a path is taken away', () => {
  expect(without({ a: [{ b: 1, c: 2 }] }, ['a', 0, 'b'])).toEqual({ a: [{ c: 2 }] });
  expect(without({ a: 1 }, ['b', 'c'])).toEqual({ a: 1 });
});
