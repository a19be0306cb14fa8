import { describe, expect, test } from '@jest/globals';
import { ingest } from '../ingest/ingest.js';
import { openCsv } from '../readers/csv.js';
import { openJsonl } from '../readers/jsonl.js';
import { DEFAULT_LIMITS } from '../readers/limits.js';
import { datasetOf } from '../testing/dataset.js';
import { chunksOf, tempFolder } from '../testing/files.js';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { pageRange, readPage } from './page.js';
import { ShardedDataset } from './reader.js';
import { StoredArray } from './storedArray.js';
import { shardFile } from './writer.js';

test('rows come as the cells that were stored, missing ones as null, of the columns that are asked for', async () => {
  const folder = await tempFolder();
  const lines = ['n,kind,note,at', '1.5,a,one two,2024-02-29T12:00:00Z', ',b,,', '-3,,three,1969-12-31'];
  const source = await openCsv(chunksOf(`${lines.join('\n')}\n`), DEFAULT_LIMITS, ',');
  await ingest(source, { folder, columnTypes: { kind: 'categorical', note: 'text', at: 'timestamp' } });
  const dataset = await ShardedDataset.open(folder);
  const first = { n: 1.5, kind: 'a', note: 'one two', at: '2024-02-29T12:00:00.000Z' };
  const second = { n: null, kind: 'b', note: null, at: null };
  const third = { n: -3, kind: null, note: 'three', at: '1969-12-31T00:00:00.000Z' };
  const all = ['n', 'kind', 'note', 'at'];
  expect(readPage(dataset, { from: 0, rows: 2 }, all)).toEqual([first, second]);
  expect(readPage(dataset, { from: 2, rows: 1 }, all)).toEqual([third]);
  expect(readPage(dataset, { from: 1, rows: 2 }, ['kind', 'none'])).toEqual([{ kind: 'b' }, { kind: null }]);
  dataset.close();
});

test('arrays come as they are stored, with their shape', async () => {
  const rows = [{ m: [[1, 2, 3]] }, { m: [[4, 5, 6]] }];
  const dataset = await datasetOf(rows);
  expect(readPage(dataset, { from: 0, rows: 2 }, ['m'])).toEqual([
    { m: new StoredArray(Float32Array.of(1, 2, 3), [1, 3]) },
    { m: new StoredArray(Float32Array.of(4, 5, 6), [1, 3]) },
  ]);
  dataset.close();
});

test('of a page no more than its shards need to be there', async () => {
  const folder = await tempFolder();
  const text = Array.from({ length: 10 }, (_, x) => `${JSON.stringify({ x })}\n`).join('');
  const { index } = await ingest(await openJsonl(chunksOf(text), DEFAULT_LIMITS), {
    folder,
    shards: { rows: 3 },
  });
  const range = pageRange(index, 4, 3);
  expect(range).toEqual({
    ...{ from: 4, rows: 3, hasMore: true },
    shards: new Set(index.shards.slice(1, 3).map(({ sha256 }) => sha256)),
  });
  for (const at of [0, 3]) await rm(path.join(folder, shardFile(index.shards[at]?.sha256 ?? '')));
  const dataset = await ShardedDataset.open(folder, { only: range.shards });
  expect(readPage(dataset, range, ['x'])).toEqual([{ x: 4 }, { x: 5 }, { x: 6 }]);
  for (const position of [2, 9]) expect(() => dataset.take('x', [position])).toThrow('not to be opened');
  dataset.close();
});

describe('a page', () => {
  const MIB = 2 ** 20;
  /** An index of shards of so many rows and bytes. */
  const indexOf = (shards: readonly (readonly [rows: number, bytes: number])[]) => ({
    rows: shards.reduce((sum, [rows]) => sum + rows, 0),
    shards: shards.map(([rows, bytes], at) => ({ sha256: String(at), rows, bytes })),
  });
  const page = (shards: readonly (readonly [number, number])[], from: number, limit: number) => {
    const { rows, shards: held, hasMore } = pageRange(indexOf(shards), from, limit);
    return [rows, [...held].join(), hasMore];
  };

  test.each([
    ['of small rows ends by their number', [[5000, MIB]], 1000, 1000, [1000, '0', true]],
    ['ends with the dataset', [[5000, MIB]], 4900, 1000, [100, '0', false]],
    [
      'begins with the last row',
      [
        [3, 9],
        [3, 9],
      ],
      5,
      1000,
      [1, '1', false],
    ],
    [
      'has no rows after it',
      [
        [3, 9],
        [3, 9],
      ],
      6,
      1000,
      [0, '', false],
    ],
    [
      'ends with a shard',
      [
        [3, 9],
        [3, 9],
      ],
      1,
      2,
      [2, '0', true],
    ],
    [
      'takes in several shards',
      [
        [3, 9],
        [1, 9],
        [3, 9],
      ],
      2,
      4,
      [4, '0,1,2', true],
    ],
    // Images of 224 × 224 × 3 bytes: 222 of them take 31.9 MiB, 223 take 32.01 MiB.
    [
      'of images ends by their bytes',
      [
        [222, 222 * 224 * 224 * 3],
        [222, 222 * 224 * 224 * 3],
      ],
      100,
      1000,
      [222, '0,1', true],
    ],
    ['has one row, however large', [[2, 200 * MIB]], 0, 1000, [1, '0', true]],
    [
      'has one row alone of a large one',
      [
        [10, 10],
        [1, 200 * MIB],
      ],
      9,
      1000,
      [1, '0', true],
    ],
  ] as const)('%s', (_, shards, from, limit, wanted) => {
    expect(page(shards, from, limit)).toEqual(wanted);
  });
});
