import { describe, expect, test } from '@jest/globals';
import { rowSplitSchema, type RowSplit } from '@gradstream/contracts';
import { datasetOf } from '../testing/dataset.js';
import { countDuplicates } from './duplicates.js';
import { splitRows } from './rows.js';
import { splitIndices } from './split.js';
import { stratifiedSplit } from './stratified.js';

const parse = (split: object): RowSplit => rowSplitSchema.parse(split);
const count = (rows: Uint32Array, codes: Int32Array, code: number) =>
  rows.filter((row) => codes[row] === code).length;

describe('stratified', () => {
  test('each class has its share of each part, and each row is in one', () => {
    const codes = Int32Array.from({ length: 1000 }, (_, row) => (row < 700 ? 0 : row < 950 ? 1 : 2));
    const { train, validation } = stratifiedSplit(codes, { train: 0.8, validation: 0.2, seed: 3 });
    expect([0, 1, 2].map((code) => count(validation, codes, code))).toEqual([140, 50, 10]);
    expect([0, 1, 2].map((code) => count(train, codes, code))).toEqual([560, 200, 40]);
    expect([...train, ...validation].sort((a, b) => a - b)).toEqual(Array.from(codes, (_, row) => row));
    // Mixed: not the rows of one class after the other.
    expect(new Set(train.slice(0, 50).map((row) => codes[row] ?? -1)).size).toBeGreaterThan(1);
  });

  test('remainders go to the classes that are due most; parts may leave rows over', () => {
    const codes = Int32Array.of(0, 0, 0, 0, 0, 1, 1, 1, -1, -1);
    const { train, validation } = stratifiedSplit(codes, { train: 0.5, validation: 0.3, seed: 1 });
    // 3 of 10 rows, by classes -1, 0, 1: 0.6, 1.5, 0.9 become 1, 1, 1.
    expect([-1, 0, 1].map((code) => count(validation, codes, code))).toEqual([1, 1, 1]);
    expect([train.length, validation.length]).toEqual([5, 3]);
    expect(new Set([...train, ...validation]).size).toBe(8);
  });

  test('the same seed, the same rows', () => {
    const codes = Int32Array.from({ length: 100 }, (_, row) => row % 3);
    const split = (seed: number) => stratifiedSplit(codes, { train: 0.8, validation: 0.2, seed });
    expect(split(1)).toEqual(split(1));
    expect(split(1)).not.toEqual(split(2));
  });
});

describe('rows of a dataset', () => {
  const data = datasetOf([
    { part: 'train', y: 1 },
    { part: 'test', y: 2 },
    { part: 'train', y: 1 },
    { part: 'other', y: 2 },
    { part: 'test', y: 1 },
  ]);

  test('by a column, whose other values belong to no part', async () => {
    const split = splitRows(
      await data,
      parse({ by: 'column', column: 'part', train: ['train'], validation: ['test'] }),
    );
    expect([[...split.train], [...split.validation]]).toEqual([
      [0, 2],
      [1, 4],
    ]);
    const byNumber = splitRows(
      await data,
      parse({ by: 'column', column: 'y', train: ['1'], validation: ['2'] }),
    );
    expect([...byNumber.validation]).toEqual([1, 3]);
  });

  test('random rows are those of splitIndices, byte for byte', async () => {
    const settings = { train: 0.6, validation: 0.4, by: 'random', seed: 9 } as const;
    expect(splitRows(await data, parse(settings))).toEqual(splitIndices(5, settings));
    const sequential = splitRows(await data, parse({ by: 'sequential', train: 0.6, validation: 0.4 }));
    expect([...sequential.validation]).toEqual([3, 4]);
    expect(splitRows(await data, parse({ by: 'stratified', column: 'y', seed: 2 })).validation).toHaveLength(
      1,
    );
  });

  test.each([
    [{ by: 'stratified', column: 'z' }, 'no column "z"'],
    [
      { by: 'column', column: 'part', train: ['train'], validation: ['none'] },
      'Its values are train, test, other',
    ],
    [{ by: 'column', column: 'part', train: ['a'], validation: ['a'] }, 'is in both parts'],
  ])('%j is refused', async (split, reason) => {
    const dataset = await data;
    expect(() => splitRows(dataset, parse(split))).toThrow(reason);
  });
});

test('rows that are in both parts are counted, by all of their columns', async () => {
  const rows = [
    { x: 1, c: 'a', t: 'one two three four', v: [1, 2] },
    { x: 1, c: 'a', t: 'one two three four', v: [1, 2] },
    { x: 1, c: 'a', t: 'one two three five', v: [1, 2] },
    { x: 1, c: 'b', t: 'one two three four', v: [1, 2] },
    { x: 1, c: 'a', t: null, v: [1, 2] },
    { x: 1, c: 'a', t: 'one two three four', v: [2, 1] },
    { x: null, c: 'a', t: 'one two three four', v: [1, 2] },
    { x: null, c: 'a', t: 'one two three four', v: [1, 2] },
  ];
  const data = await datasetOf(rows, { t: 'text' });
  const duplicates = (train: number[], validation: number[]) =>
    countDuplicates(data, { train: Uint32Array.from(train), validation: Uint32Array.from(validation) });
  expect(duplicates([0], [1, 2, 3, 4, 5, 6, 7])).toBe(1);
  expect(duplicates([0, 6], [1, 2, 3, 4, 5, 7])).toBe(2);
  expect(duplicates([2, 3, 4, 5], [0, 1, 6, 7])).toBe(0);
});
