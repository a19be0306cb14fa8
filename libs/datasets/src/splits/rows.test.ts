import { describe, expect, test } from '@jest/globals';
import { datasetOf } from '../testing/dataset.js';
import { countDuplicates } from './duplicates.js';
import { splitRows } from './rows.js';
import { rowSplitOf, type RowSplit } from './settings.js';
import { stratifiedSplit } from './stratified.js';

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
    const split = splitRows(await data, {
      by: 'column',
      column: 'part',
      train: ['train'],
      validation: ['test'],
    });
    expect([[...split.train], [...split.validation]]).toEqual([
      [0, 2],
      [1, 4],
    ]);
    const byNumber = splitRows(await data, { by: 'column', column: 'y', train: ['1'], validation: ['2'] });
    expect([...byNumber.validation]).toEqual([1, 3]);
  });

  test('by shares, mixed, in order, or of each class', async () => {
    const shares = { train: 0.6, validation: 0.4 };
    const random = splitRows(await data, { by: 'random', ...shares, seed: 9 });
    // By the generators and the shuffle that random.ts names, written anew in Python.
    expect([[...random.train], [...random.validation]]).toEqual([
      [3, 4, 2],
      [1, 0],
    ]);
    const sequential = splitRows(await data, { by: 'sequential', ...shares });
    expect([[...sequential.train], [...sequential.validation]]).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
    const stratified = splitRows(await data, { by: 'stratified', ...shares, seed: 2, column: 'y' });
    // Three rows of 1 and two of 2: 1.2 and 0.8 of them validate.
    const classes = [...stratified.validation].map((row) => [1, 2, 1, 2, 1][row]);
    expect(classes.sort()).toEqual([1, 2]);
  });

  test.each<[RowSplit, string]>([
    [{ by: 'stratified', column: 'z', train: 0.8, validation: 0.2, seed: 1 }, 'no column "z"'],
    [
      { by: 'column', column: 'part', train: ['train'], validation: ['none'] },
      'Its values are train, test, other',
    ],
    [{ by: 'column', column: 'part', train: ['a'], validation: ['a'] }, 'is in both parts'],
  ])('%j is refused', async (split, reason) => {
    const dataset = await data;
    expect(() => splitRows(dataset, split)).toThrow(reason);
  });
});

test('a stratified split of a run is by the target, unless it names a column', () => {
  const given = { by: 'stratified', train: 0.7, validation: 0.3, seed: 4 } as const;
  expect(rowSplitOf({ ...given, column: undefined }, 'y')).toEqual({ ...given, column: 'y' });
  expect(rowSplitOf({ ...given, column: 'x' }, 'y')).toEqual({ ...given, column: 'x' });
  expect(() => rowSplitOf(given, undefined)).toThrow(
    '/split: a split by "stratified" needs more than it says',
  );
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
