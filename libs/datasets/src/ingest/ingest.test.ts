import { describe, expect, jest, test } from '@jest/globals';
import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { openCsv } from '../readers/csv.js';
import { DEFAULT_LIMITS } from '../readers/limits.js';
import type { TableSource } from '../readers/source.js';
import { ShardedDataset } from '../shards/reader.js';
import { chunksOf, tempFolder } from '../testing/files.js';
import { ingest, type IngestOptions } from './ingest.js';

async function ingestCsv(parts: (string | Uint8Array)[], options: Partial<IngestOptions> = {}) {
  const folder = await tempFolder();
  const source = await openCsv(chunksOf(...parts), options.limits ?? DEFAULT_LIMITS, ',');
  return { folder, ...(await ingest(source, { folder, ...options })) };
}

const CSV = [
  'age,city,when,note\n',
  '30,Oslo,2024-02-29,a b c d e\n',
  ',NA,,\n',
  '-1.5e2,Rome,2024-02-29T12:30:00.250+02:00,"five words, in ""quotes"" here"\n',
];

describe('a CSV becomes shards', () => {
  test('each column by its type, missing values included', async () => {
    const { folder, index, preview } = await ingestCsv(CSV);
    expect(index.columns.map(({ name, type }) => [name, type])).toEqual([
      ['age', 'numeric'],
      ['city', 'categorical'],
      ['when', 'timestamp'],
      ['note', 'text'],
    ]);
    const data = await ShardedDataset.open(folder);
    expect([...data.take('age', [0, 1, 2])]).toEqual([30, NaN, -150]);
    expect(data.column('city').categories).toEqual(['Oslo', 'Rome']);
    expect([...data.take('city', [2, 1, 0])]).toEqual([1, -1, 0]);
    // Days since 1970 by `date -u -d 2024-02-29 +%s`: 1709164800 s; 12:30:00.250 at +02:00 is 10:30:00.250 UTC.
    expect([...data.take('when', [0, 2])]).toEqual([19782, 0, 19782, 37_800_250]);
    expect(data.texts('note', [2, 1, 0])).toEqual(['five words, in "quotes" here', null, 'a b c d e']);
    expect(preview[1]).toEqual(['', 'NA', '', '']);
  });

  test('the same content has the same hash, however it comes', async () => {
    const plain = await ingestCsv(CSV);
    const gzip = await ingestCsv([gzipSync(CSV.join(''))]);
    expect(gzip.index.sha256).toBe(plain.index.sha256);
    const other = await ingestCsv([CSV.join('').replace('30', '31')]);
    expect(other.index.sha256).not.toBe(plain.index.sha256);
  });

  test('shards end at the same rows, however the bytes come', async () => {
    const lines = Array.from({ length: 300 }, (_, n) => `${n},${'word '.repeat(n % 40)}end\n`);
    const options = { shards: { bytes: 2000 }, columnTypes: { t: 'text' } } as const;
    const { folder, index } = await ingestCsv(['n,t\n', ...lines], options);
    const whole = await ingestCsv([`n,t\n${lines.join('')}`], options);
    expect(index.shards.length).toBeGreaterThan(10);
    expect(whole.index.sha256).toBe(index.sha256);
    const data = await ShardedDataset.open(folder);
    expect(data.texts('t', [299, 3])).toEqual([`${'word '.repeat(19)}end`, 'word word word end']);
  });

  test('declared types win over inferred ones', async () => {
    const { index } = await ingestCsv(['a,b\n1,2\n3,4\n'], { columnTypes: { a: 'categorical', b: 'text' } });
    expect(index.columns.map(({ type, categories }) => [type, categories])).toEqual([
      ['categorical', ['1', '3']],
      ['text', null],
    ]);
  });

  test('distinct texts are counted while all are short', async () => {
    const statisticsOf = async (...texts: string[]) =>
      (await ingestCsv(['t\n', ...texts.map((text) => `${text}\n`)], { columnTypes: { t: 'text' } }))
        .statistics;
    const short = 'x'.repeat(100);
    expect(await statisticsOf(short, 'y', short)).toMatchObject([
      {
        distinct: 2,
        top: [
          { value: short, count: 2 },
          { value: 'y', count: 1 },
        ],
      },
    ]);
    // Two texts that begin with the same hundred characters.
    expect(await statisticsOf(`${short}1`, `${short}2`, 'y')).toMatchObject([{ distinct: null, top: [] }]);
  });

  test('many rows go to several shards; a row is found by its position in memory and in files', async () => {
    const lines = Array.from({ length: 25 }, (_, n) => `${n},text number ${n} of ${'x'.repeat(n)}\n`);
    const { folder, index } = await ingestCsv(['n,s\n', ...lines], { shards: { rows: 10 } });
    expect(index.shards.map((shard) => shard.rows)).toEqual([10, 10, 5]);
    const positions = [24, 0, 10, 9, 17];
    for (const memoryBytes of [2 ** 30, 1000, 0]) {
      const data = await ShardedDataset.open(folder, { memoryBytes });
      expect([...data.take('n', positions)]).toEqual(positions);
      expect(data.texts('s', positions)).toEqual(
        positions.map((n) => `text number ${n} of ${'x'.repeat(n)}`.trim()),
      );
      expect(() => data.take('n', [25])).toThrow('none at position 25');
      data.close();
    }
  });
});

describe('a CSV with mistakes is rejected, and leaves nothing', () => {
  test.each([
    ['a word in a column of numbers', 'a,b\n1,2\nx,3\n', { a: 'numeric' }, ['3:1 notNumeric']],
    [
      'NaN and infinities among numbers',
      'a\n1\nNaN\n-inf\nInfinity\n1e39\n',
      {},
      [3, 4, 5, 6].map((n) => `${n}:1 notNumeric`),
    ],
    ['ragged lines', 'a,b\n1,2\n3\n4,5,6\n', {}, ['3:1 ragged', '4:2 ragged']],
    ['no day of that name', 'a\n2024-02-30\n', { a: 'timestamp' }, ['2:1 notTimestamp']],
    ['a type for no column', 'a\n1\n', { z: 'text' }, ['0:0 unknownColumn']],
    ['images in a CSV', 'a\n1\n', { a: 'image' }, ['0:1 wrongType']],
    ['a header alone', 'a,b\n', {}, ['0:0 noRows']],
  ] as const)('%s', async (_, csv, columnTypes, problems) => {
    const folder = await tempFolder();
    const source = await openCsv(chunksOf(csv), DEFAULT_LIMITS, ',');
    const error: unknown = await ingest(source, { folder, columnTypes }).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'DATASET_REJECTED' });
    const { errors } = error as { errors: { line?: number; column?: number; code: string }[] };
    expect(errors.map(({ line, column, code }) => `${line ?? 0}:${column ?? 0} ${code}`)).toEqual(problems);
    expect(await readdir(folder)).toEqual([]);
  });

  test('a hundred problems are listed, all are counted', async () => {
    const csv = `a,b\n1,1\n${'1\n'.repeat(500)}`;
    await expect(ingestCsv([csv])).rejects.toMatchObject({
      detail: expect.stringContaining('500 problems') as unknown,
      errors: { length: 100 },
    });
  });

  test('a file that breaks off in a later shard leaves no shard behind', async () => {
    const folder = await tempFolder();
    const source = await openCsv(chunksOf('a\n', '1\n'.repeat(5000), '"open\n'), DEFAULT_LIMITS, ',');
    await expect(ingest(source, { folder, shards: { rows: 1000 } })).rejects.toMatchObject({
      code: 'DATASET_UNREADABLE',
    });
    expect(await readdir(folder)).toEqual([]);
  });

  test('beyond the limit of rows it stops', async () => {
    const limits = { ...DEFAULT_LIMITS, maxRows: 10 };
    await expect(ingestCsv(['a\n', '1\n'.repeat(11)], { limits })).rejects.toMatchObject({
      errors: [{ code: 'tooLarge' }],
    });
  });

  test('a name that cannot be kept ends the file', async () => {
    let ended = false;
    async function* chunks() {
      try {
        yield await Promise.resolve(Buffer.from(`${'n'.repeat(201)}\n`));
        yield Buffer.from('1\n');
      } finally {
        ended = true;
      }
    }
    const source = await openCsv(chunks(), DEFAULT_LIMITS, ',');
    const reading = ingest(source, { folder: await tempFolder() });
    await expect(reading).rejects.toMatchObject({ errors: [{ code: 'badName' }] });
    expect(ended).toBe(true);
  });

  test('a disk that fails when all is written leaves no dataset', async () => {
    const folder = await tempFolder();
    const handle = await open(folder);
    const prototype = Object.getPrototypeOf(handle) as Pick<typeof handle, 'sync'>;
    await handle.close();
    // A shard, the index, the folder.
    const { sync } = prototype;
    const mock = jest.spyOn(prototype, 'sync');
    for (let good = 0; good < 2; good++)
      mock.mockImplementationOnce(function (this: typeof handle) {
        return Reflect.apply(sync, this, []);
      });
    mock.mockRejectedValueOnce(new Error('EIO: i/o error, fsync'));
    const source = await openCsv(chunksOf('a\n1\n'), DEFAULT_LIMITS, ',');
    await expect(ingest(source, { folder })).rejects.toThrow('EIO');
    expect(await readdir(folder)).toEqual([]);
    mock.mockRestore();
  });
});

test('the index is written last: a folder without it holds no dataset', async () => {
  const { folder, index } = await ingestCsv(['a\n1\n']);
  const [entry] = index.shards;
  expect((await readdir(folder)).sort()).toEqual([`${entry?.sha256 ?? ''}.shard`, 'index.json'].sort());
  await expect(ShardedDataset.open(path.join(folder, 'none'))).rejects.toMatchObject({
    code: 'DATASET_UNREADABLE',
    detail: expect.stringContaining('index.json is not there') as unknown,
  });
});

test('large rows are written as they come, long before there are a thousand of them', async () => {
  const folder = await tempFolder();
  const size = 2 ** 22;
  const files: number[] = [];
  const source: TableSource = {
    columns: [{ name: 'v', fixed: { type: 'array', dtype: 'uint8', shape: [size] } }],
    close: () => Promise.resolve(),
    async *batches() {
      for (let row = 0; row < 13; row++) {
        yield { rows: 1, columns: [{ kind: 'fixed', values: new Uint8Array(size) }], lines: null };
        files.push((await readdir(folder)).length);
      }
    },
  };
  const { index } = await ingest(source, { folder, shards: { rows: 4 } });
  // Types are settled by 32 MiB, eight rows; the two shards that they fill are the same file.
  expect(files.slice(0, 8)).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
  expect(index.shards.map(({ rows }) => rows)).toEqual([4, 4, 4, 1]);
});

describe('a source that cannot be closed', () => {
  /** One row, or an error, of a file whose end fails. */
  const brokenAtEnd = (batches: TableSource['batches']): TableSource => ({
    columns: [{ name: 'x', fixed: null }],
    batches,
    close: () => Promise.reject(new Error('the file did not close')),
  });

  test('leaves no dataset', async () => {
    const folder = await tempFolder();
    const source = brokenAtEnd(async function* () {
      yield await Promise.resolve({ rows: 1, columns: [{ kind: 'cells', cells: [1] }], lines: null });
    });
    await expect(ingest(source, { folder })).rejects.toThrow('the file did not close');
    expect(await readdir(folder)).toEqual([]);
  });

  test('does not hide what went wrong before', async () => {
    const folder = await tempFolder();
    const source = brokenAtEnd(() => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('the disk is gone')) }),
    }));
    await expect(ingest(source, { folder })).rejects.toThrow('the disk is gone');
  });
});
