// Every format to shards, and figures of the columns as NumPy has them.

import { describe, expect, test } from '@jest/globals';
import { openJsonl } from '../readers/jsonl.js';
import { DEFAULT_LIMITS } from '../readers/limits.js';
import { openTable, type OpenTableOptions } from '../readers/open.js';
import { ShardedDataset } from '../shards/reader.js';
import { chunksOf, fixture, tempFolder } from '../testing/files.js';
import { ingest } from './ingest.js';

async function ingestFixture(name: string, format: OpenTableOptions['format']) {
  const folder = await tempFolder();
  const result = await ingest(await openTable(fixture(name), { format }), { folder, shards: { rows: 300 } });
  return { ...result, data: await ShardedDataset.open(folder) };
}

async function ingestLines(rows: readonly unknown[]) {
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  return ingest(await openJsonl(chunksOf(text), DEFAULT_LIMITS), { folder: await tempFolder() });
}

test('Parquet', async () => {
  const { data, index, statistics } = await ingestFixture('zstd.parquet', 'parquet');
  expect(index.columns.map(({ name, type, shape }) => [name, type, shape])).toEqual([
    ['i', 'numeric', []],
    ['f', 'numeric', []],
    ['s', 'categorical', []],
    ['b', 'numeric', []],
    ['t', 'timestamp', [2]],
    ['d', 'timestamp', [2]],
    ['v', 'array', [2]],
  ]);
  expect(index.shards.map(({ rows }) => rows)).toEqual([300, 300, 300, 100]);
  expect([...data.take('i', [0, 1, 999])]).toEqual([NaN, 1, 999]);
  expect([...data.take('t', [999])]).toEqual([999, 0]);
  expect([...data.take('v', [500])]).toEqual([500, 500.5]);
  const [i, f, s, b, t] = statistics;
  // NumPy 2.4: mean(), std() and quantile(…, method="inverted_cdf") of the numbers below 1,000 that 7 does not divide.
  expect(i).toMatchObject({ count: 857, missing: 143, min: 1, max: 999, distinct: 857 });
  expect(i?.mean).toBeCloseTo(499.9171528588098, 9);
  expect(i?.std).toBeCloseTo(288.62584161893204, 9);
  expect(i?.quantiles).toEqual({
    at: [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99],
    values: [10, 50, 250, 500, 750, 950, 990],
    rankError: 0,
  });
  expect(f).toMatchObject({ mean: 62.4375, missing: 0 });
  expect(s?.top).toEqual([
    { value: 'class 0', count: 334 },
    { value: 'class 1', count: 333 },
    { value: 'class 2', count: 333 },
  ]);
  expect(b?.top.map(({ count }) => count)).toEqual([500, 500]);
  expect([t?.min, t?.max]).toEqual([0, 999 * 86_400_000]);
});

test('NPZ', async () => {
  const { data, index, statistics, preview } = await ingestFixture('digits.npz', 'npz');
  expect(index.columns.map(({ name, type, dtype, shape }) => [name, type, dtype, shape])).toEqual([
    ['x', 'array', 'uint8', [3]],
    ['y', 'numeric', 'float32', []],
    ['f', 'array', 'float32', [2]],
  ]);
  expect([...data.take('x', [3, 0])]).toEqual([9, 10, 11, 0, 1, 2]);
  // numpy.arange(12).mean() and .std().
  expect(statistics[0]).toMatchObject({
    min: 0,
    max: 11,
    mean: 5.5,
    std: expect.closeTo(3.452052529534663, 12) as unknown,
  });
  expect(preview[0]).toEqual(['3 values', 0, '2 values']);
});

describe('what a reader lets pass is refused when it is stored', () => {
  test.each([
    ['NaN in an array', 'nan.npy', 'npy', 'row 2, column "value": holds NaN'],
    ['NaN in Parquet', 'nan.parquet', 'parquet', 'row 2, column "a": "NaN" is no finite number'],
  ] as const)('%s', async (_, name, format, message) => {
    await expect(ingestFixture(name, format)).rejects.toMatchObject({
      code: 'DATASET_REJECTED',
      errors: [{ message: expect.stringContaining(message) as unknown }],
    });
  });

  test.each([
    ['arrays of several shapes', [{ a: [1, 2] }, { a: [1, 2, 3] }], ['2 badArray']],
    ['an array that is missing', [{ a: [1, 2] }, { a: null }], ['2 badArray']],
    ['words in an array', [{ a: [1, 2] }, { a: [1, '2'] }], ['2 badArray']],
    ['numbers beyond float32 in an array', [{ a: [1, 1e39] }], ['1 badArray']],
    ['half of a surrogate pair', [{ a: 'x\ud800' }, { a: 'y' }], ['1 encoding']],
    ['a list among words', [{ a: 'x' }, { a: [1] }], ['2 notCategorical']],
    [
      'more categories than codes',
      Array.from({ length: 67_600 }, (_, n) => ({ a: n < 2000 ? 'x' : `c${n}` })),
      ['67536 tooManyCategories'],
    ],
    ['a category that is prose', [{ a: 'x' }, { a: 'x'.repeat(2000) }], ['2 longCategory']],
  ])('%s', async (_, rows, problems) => {
    const error: unknown = await ingestLines(rows).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'DATASET_REJECTED' });
    const { errors } = error as { errors: { line: number; code: string }[] };
    expect(errors.map(({ line, code }) => `${line} ${code}`)).toEqual(problems);
  });
});

test.each([
  ['an empty key', { '': 1 }, 'has not 1 to 200 characters'],
  ['a key of a kilobyte', { ['k'.repeat(1000)]: 1 }, 'has not 1 to 200 characters'],
  ['U+0000 in a key', { 'a\0': 1 }, 'has U+0000'],
])('names that cannot be kept: %s', async (_, row, reason) => {
  await expect(ingestLines([row])).rejects.toMatchObject({
    code: 'DATASET_UNREADABLE',
    detail: expect.stringContaining(reason) as unknown,
  });
});

test('types are inferred from the first thousand rows', async () => {
  const typeOf = async (values: readonly unknown[]) =>
    (await ingestLines(values.map((a) => ({ a, b: 0 })))).index.columns[0]?.type;
  expect(await typeOf([1, '2', true, null])).toBe('numeric');
  expect(await typeOf(['2024-01-01', '2024-01-01 10:00'])).toBe('timestamp');
  expect(await typeOf(['yes', 'no', 'yes'])).toBe('categorical');
  expect(await typeOf(['a sentence of five words', 'and one of five more'])).toBe('text');
  expect(await typeOf(Array.from({ length: 200 }, (_, n) => `id-${n}`))).toBe('text');
  expect(await typeOf([[1], [2]])).toBe('array');
  expect(await typeOf([null, null])).toBe('categorical');
});
