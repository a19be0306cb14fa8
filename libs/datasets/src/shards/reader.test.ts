import { beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ingest } from '../ingest/ingest.js';
import { openCsv } from '../readers/csv.js';
import { DEFAULT_LIMITS } from '../readers/limits.js';
import { chunksOf, tempFolder } from '../testing/files.js';
import { ShardedDataset } from './reader.js';

let stored = '';
let shard = '';
beforeAll(async () => {
  stored = await tempFolder();
  const source = await openCsv(chunksOf('a,t\n1,some words are written here\n2,ü\n'), DEFAULT_LIMITS, ',');
  const { index } = await ingest(source, { folder: stored, columnTypes: { t: 'text' } });
  shard = `${index.shards[0]?.sha256 ?? ''}.shard`;
});

test('a shard has the bytes that its layout says', async () => {
  const bytes = await readFile(path.join(stored, shard));
  // Read with DataView by the table in docs/datasets.md, not with the code under test.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('GSSHARD\x01');
  expect([view.getUint32(8, true), view.getUint32(12, true)]).toEqual([3, 2]);
  expect(view.getBigUint64(16, true)).toBe(BigInt(bytes.length));
  const blocks = [0, 1, 2].map((block) => ({
    dtype: view.getUint32(24 + 24 * block, true),
    rowBytes: view.getUint32(28 + 24 * block, true),
    offset: Number(view.getBigUint64(32 + 24 * block, true)),
    bytes: Number(view.getBigUint64(40 + 24 * block, true)),
  }));
  expect(blocks).toEqual([
    { dtype: 1, rowBytes: 4, offset: 128, bytes: 8 },
    { dtype: 2, rowBytes: 8, offset: 192, bytes: 16 },
    { dtype: 4, rowBytes: 0, offset: 256, bytes: 29 }, // 27 letters and blanks, and ü in two bytes.
  ]);
  expect([view.getFloat32(128, true), view.getFloat32(132, true)]).toEqual([1, 2]);
  expect([0, 1, 2, 3].map((at) => view.getInt32(192 + 4 * at, true))).toEqual([0, 27, 27, 2]);
  expect(bytes.subarray(256).toString()).toBe('some words are written hereü');
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(shard.replace('.shard', ''));
});

/** Changes a copy of the stored dataset; with `rehash`, all hashes are made to fit again. */
async function spoiled(
  change: (file: Buffer) => Buffer,
  file: 'index.json' | 'shard',
  rehash = false,
): Promise<string> {
  const folder = await tempFolder();
  await cp(stored, folder, { recursive: true });
  const name = path.join(folder, file === 'shard' ? shard : file);
  const bytes = change(await readFile(name));
  await writeFile(name, bytes);
  if (!rehash) return folder;
  const index = JSON.parse(await readFile(path.join(folder, 'index.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const content = { ...index, shards: [{ sha256, bytes: bytes.length, rows: 2 }], sha256: undefined };
  const whole = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  await writeFile(path.join(folder, 'index.json'), JSON.stringify({ ...content, sha256: whole }));
  await rename(name, path.join(folder, `${sha256}.shard`));
  return folder;
}

const flip = (at: number) => (bytes: Buffer) => {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
};
const inJson = (from: string, to: string) => (bytes: Buffer) =>
  Buffer.from(bytes.toString().replace(from, to));

describe('what is damaged is refused with the file and the reason', () => {
  test.each([
    ['one bit of a value', flip(130), 'shard', false, 'another hash'],
    ['a shard cut short', (bytes: Buffer) => bytes.subarray(0, -1), 'shard', false, 'bytes'],
    ['an index cut short', (bytes: Buffer) => bytes.subarray(0, -1), 'index.json', false, 'not JSON'],
    ['another name of a column', inJson('"name":"a"', '"name":"b"'), 'index.json', false, 'another hash'],
    ['another version', inJson('"version":1', '"version":2'), 'index.json', false, '/version'],
    ['more rows', inJson('"rows":2,"col', '"rows":3,"col'), 'index.json', false, 'contradicts itself'],
    ['text without a heap', inJson('"heap":true', '"heap":false'), 'index.json', false, 'contradicts itself'],
    [
      'a file name that leaves the folder',
      inJson('"sha256":"', '"sha256":"../'),
      'index.json',
      false,
      '/shards/0/sha256',
    ],
    ['another magic, hashes mended', flip(0), 'shard', true, 'contradicts the index'],
    ['another count of rows in the head, hashes mended', flip(12), 'shard', true, 'contradicts the index'],
    ['an offset in the head, hashes mended', flip(32), 'shard', true, 'contradicts the index'],
    ['a heap of petabytes, hashes mended', flip(24 + 48 + 16 + 6), 'shard', true, 'contradicts the index'],
  ] as const)('%s', async (_, change, file, rehash, reason) => {
    const folder = await spoiled(change, file, rehash);
    await expect(ShardedDataset.open(folder)).rejects.toMatchObject({
      code: 'DATASET_UNREADABLE',
      detail: expect.stringContaining(reason) as unknown,
    });
  });

  test('a text that points outside its block, hashes mended', async () => {
    const folder = await spoiled(flip(192 + 6), 'shard', true); // A length of 65,563 bytes.
    const data = await ShardedDataset.open(folder);
    expect(() => data.texts('t', [0])).toThrow('outside its block');
    expect(data.texts('t', [1])).toEqual(['ü']);
  });

  test('a shard that is not there', async () => {
    const folder = await tempFolder();
    await cp(stored, folder, { recursive: true });
    await rm(path.join(folder, shard));
    await expect(ShardedDataset.open(folder)).rejects.toMatchObject({
      detail: expect.stringContaining('is not there') as unknown,
    });
  });
});

test('mended hashes alone are no damage', async () => {
  const data = await ShardedDataset.open(await spoiled((bytes) => bytes, 'shard', true));
  expect([...data.take('a', [1, 0])]).toEqual([2, 1]);
});
