import { expect, test } from '@jest/globals';
import { columnsOf } from './columns.js';

test('the first line of a CSV names columns, the next ones have values', () => {
  expect(columnsOf('\uFEFFage,"a, b"\n3,x\n4,"y\nz"\n5,w\n6,v\n', 'csv')).toEqual([
    { name: 'age', sample: ['3', '4', '5'] },
    { name: 'a, b', sample: ['x', 'y\nz', 'w'] },
  ]);
  expect(columnsOf('a\tb\n1\t2\n', 'tsv').map(({ name }) => name)).toEqual(['a', 'b']);
});

test('keys of JSON lines are columns', () => {
  expect(columnsOf('{"a": 1, "b": "x"}\n{"b": "y", "c": [1, 2]}\n', 'jsonl')).toEqual([
    { name: 'a', sample: ['1', ''] },
    { name: 'b', sample: ['x', 'y'] },
    { name: 'c', sample: ['', '[1,2]'] },
  ]);
});

test('what cannot be read has none', () => {
  expect(columnsOf('"a', 'csv')).toEqual([]);
  expect(columnsOf('no JSON\n', 'jsonl')).toEqual([]);
  expect(columnsOf('a,b\n', 'parquet')).toEqual([]);
});
