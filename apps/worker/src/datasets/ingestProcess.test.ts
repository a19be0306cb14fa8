// The process that reads uploads, as it is built.

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { StartIngest } from '@gradstream/contracts';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { INGEST_LIMITS, ingestInProcess } from './ingestProcess.js';

jest.setTimeout(60_000);

let folder = '';
let start: StartIngest;
const never = new AbortController().signal;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gradstream-ingest-'));
  const file = path.join(folder, 'upload');
  await writeFile(file, 'a,b\n1,x\n2,y\n');
  start = { file, folder: path.join(folder, 'shards'), format: 'csv', columnTypes: {}, images: null };
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

test('a file becomes shards, statistics and a preview', async () => {
  expect(await ingestInProcess(start, never)).toMatchObject({
    type: 'ingested',
    index: { rows: 2, columns: [{ name: 'a' }, { name: 'b' }] },
    statistics: [{ mean: 1.5 }, { distinct: 2 }],
    preview: [
      ['1', 'x'],
      ['2', 'y'],
    ],
  });
});

test('what is wrong with a file comes with its place', async () => {
  expect(await ingestInProcess({ ...start, columnTypes: { b: 'numeric' } }, never)).toMatchObject({
    type: 'rejected',
    problems: [
      { line: 2, column: 2 },
      { line: 3, column: 2 },
    ],
  });
});

test('more memory than the limit ends the process, and rejects the file', async () => {
  // No process of Node takes as little.
  const limits = { ...INGEST_LIMITS, memoryBytes: 16 * 2 ** 20 };
  expect(await ingestInProcess(start, never, { limits })).toMatchObject({
    type: 'rejected',
    problems: [{ code: 'memoryLimit', message: expect.stringContaining('16 MiB') }],
  });
});

test('more time than the limit does the same', async () => {
  expect(
    await ingestInProcess(start, never, { limits: { ...INGEST_LIMITS, milliseconds: 1 } }),
  ).toMatchObject({
    type: 'rejected',
    problems: [{ code: 'timeLimit' }],
  });
});

test('a shutdown ends the process, and says nothing of the file', async () => {
  const closing = new AbortController();
  const reading = ingestInProcess(start, closing.signal);
  closing.abort(new Error('closing'));
  await expect(reading).rejects.toThrow('closing');
});

test('a disk in trouble is no problem of the file', async () => {
  const gone = { ...start, file: path.join(folder, 'none') };
  await expect(ingestInProcess(gone, never)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a fault of the reader rejects the file, which would bring it about for ever, and is told', async () => {
  const told: string[] = [];
  const broken = { ...start, folder: `${folder}/\0` };
  const result = await ingestInProcess(broken, never, { onFault: (log) => told.push(log) });
  expect(result).toMatchObject({ type: 'rejected', problems: [{ code: 'readerFailed' }] });
  expect(told).toEqual([expect.stringContaining('ERR_INVALID_ARG_VALUE')]);
});
