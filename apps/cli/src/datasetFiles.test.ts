import { expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { formatOf, openFile } from './datasetFiles.js';

test.each([
  ['data/Iris.CSV', 'csv'],
  ['a.csv.gz', 'csv'],
  ['a.tsv', 'tsv'],
  ['a.ndjson.gz', 'jsonl'],
  ['x.npy', 'npy'],
  ['x.npz', 'npz'],
  ['part-0.parquet', 'parquet'],
  ['pets.zip', 'images'],
])('the name %s tells the format %s', (file, format) => {
  expect(formatOf(file)).toBe(format);
});

test.each(['data', 'a.xlsx', 'csv'])('the name %s tells none, and the way out is said', (file) => {
  expect(() => formatOf(file)).toThrow('--format');
});

test('a file is read part by part', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'gradstream-cli-'));
  try {
    const file = path.join(folder, 'a.csv');
    await writeFile(file, '0123456789');
    const source = await openFile(file);
    expect(source.bytes).toBe(10);
    expect(new TextDecoder().decode(await source.read(4, 7))).toBe('456');
    await expect(source.read(8, 12)).rejects.toThrow('became shorter');
    await source.close();
    await expect(openFile(path.join(folder, 'none'))).rejects.toThrow('does not exist');
  } finally {
    await rm(folder, { recursive: true });
  }
});
