// Uploads through their URLs, and the check of what came: on real S3, with a second writer.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { CreateDataset, DatasetFormat } from '@gradstream/contracts';
import { Database, DatasetRepository } from '@gradstream/data';
import { Cleanup, Datasets } from '@gradstream/domain';
import { Storage } from '@gradstream/platform';
import { Gradstream } from '@gradstream/sdk';
import { sql } from 'kysely';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { DatasetChecker } from '../../apps/worker/src/datasets/check.js';
import type { WorkerFolder } from '../../apps/worker/src/files/workerFolder.js';
import { startApi, type TestApi } from '../support/app.js';
import { checkerOf } from '../support/checks.js';

jest.setTimeout(60_000);

const FIXTURES = path.resolve(import.meta.dirname, '../../libs/datasets/src/testing/fixtures');
const MIB = 2 ** 20;

let api: TestApi;
let checker: DatasetChecker;
let folder: WorkerFolder;

beforeAll(async () => {
  api = await startApi();
  ({ checker, folder } = checkerOf(api));
});
afterAll(async () => {
  await rm(path.dirname(await folder.folder('checks')), { recursive: true, force: true });
  await api.stop();
});

const { signal } = new AbortController();
const datasets = (): Datasets => api.app.get(Datasets);
type Upload = Extract<CreateDataset, { upload: unknown }>['upload'];

/** A planned upload. */
async function plan(
  bytes: number,
  more: Partial<Upload> = {},
): Promise<{ id: string; put: (body: string | Uint8Array<ArrayBuffer>) => Promise<number> }> {
  const { id, upload } = await datasets().create(api.principal, {
    name: 'd',
    upload: { format: 'csv', bytes, ...more },
  });
  const url = upload?.url ?? '';
  return { id, put: async (body) => (await fetch(url, { method: 'PUT', body })).status };
}

/** Uploads and checks a file; returns the dataset's id. */
async function upload(content: Uint8Array<ArrayBuffer>, format: DatasetFormat): Promise<string> {
  const { id, put } = await plan(content.byteLength, { format });
  expect(await put(content)).toBe(200);
  await datasets().complete(api.principal, id, {});
  await checker.run(id, signal);
  return id;
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const fixture = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await readFile(path.join(FIXTURES, name)));
const sha256Of = (content: string): string => createHash('sha256').update(content).digest('hex');
/** Nothing that a check made is left in the worker's folder. */
const expectClean = async (): Promise<void> => {
  expect(await readdir(await folder.folder('checks'))).toEqual([]);
};

test('a dataset that is ready stays as it was checked, though its upload URL still works', async () => {
  const checked = 'a\n1\n2\n';
  const { id, put } = await plan(checked.length);
  expect(await put(checked)).toBe(200);
  await datasets().complete(api.principal, id, {});
  await checker.run(id, signal);
  const ready = { state: 'ready', rowCount: 2, sha256: sha256Of(checked) };
  expect(await datasets().get(api.principal, id)).toMatchObject(ready);
  expect(await put('a\n3\n4\n')).toBe(200);
  await checker.run(id, signal);
  expect(await datasets().get(api.principal, id)).toMatchObject(ready);
  const preview = await api.call('GET', `/v1/datasets/${id}/preview`);
  expect(preview.body).toEqual({ columns: ['a'], rows: [['1'], ['2']], rowCount: 2 });
  await expectClean();
});

test('a file that was replaced by one of another size before its check is rejected', async () => {
  const { id, put } = await plan(4);
  await put('a\n1\n');
  await datasets().complete(api.principal, id, {});
  await put('a\n1\n2\n3\n');
  await checker.run(id, signal);
  expect(await datasets().get(api.principal, id)).toMatchObject({
    state: 'rejected',
    problems: [{ code: 'sizeMismatch' }],
  });
});

test('a file with another hash than was announced is rejected', async () => {
  const { id, put } = await plan(4, { sha256: 'f'.repeat(64) });
  await put('a\n1\n');
  await datasets().complete(api.principal, id, {});
  await checker.run(id, signal);
  expect(await datasets().get(api.principal, id)).toMatchObject({
    state: 'rejected',
    problems: [{ code: 'hashMismatch' }],
  });
});

describe('each format', () => {
  test.each<[DatasetFormat, () => Promise<Uint8Array<ArrayBuffer>>, object]>([
    [
      'csv',
      () => Promise.resolve(bytesOf('n,when,kind\n1,2026-01-02,a\n,2026-01-03,b\n3,2026-01-04,a\n')),
      {
        rowCount: 3,
        columns: [
          { name: 'n', type: 'numeric', missing: 1, distinct: 2, mean: 2 },
          { name: 'when', type: 'timestamp' },
          { name: 'kind', type: 'categorical', distinct: 2 },
        ],
      },
    ],
    [
      'tsv',
      () => Promise.resolve(bytesOf('a\tb\n1\tx\n2\ty\n')),
      { rowCount: 2, columns: [{ type: 'numeric' }, { type: 'categorical' }] },
    ],
    [
      'jsonl',
      () => Promise.resolve(bytesOf('{"v":[1,2,3],"y":true}\n{"v":[4,5,6],"y":false}\n')),
      {
        rowCount: 2,
        columns: [
          { name: 'v', type: 'array', shape: [3] },
          { name: 'y', type: 'numeric' },
        ],
      },
    ],
    ['npy', () => fixture('c-float32.npy'), { columns: [{ name: 'value', type: 'array' }] }],
    ['npz', () => fixture('digits.npz'), { state: 'ready' }],
    ['parquet', () => fixture('snappy.parquet'), { state: 'ready' }],
    [
      'images',
      () => fixture('folders.zip'),
      { columns: [{ type: 'image', shape: [expect.any(Number), expect.any(Number), 3] }, { name: 'label' }] },
    ],
  ])('%s', async (format, content, expected) => {
    const id = await upload(await content(), format);
    const { body } = await api.call('GET', `/v1/datasets/${id}`);
    expect(body).toMatchObject({ state: 'ready', format, problems: [], ...expected });
    const stats = await api.call('GET', `/v1/datasets/${id}/stats`);
    expect(stats).toMatchObject({ status: 200, body: { rowCount: body['rowCount'] } });
    const preview = await api.call('GET', `/v1/datasets/${id}/preview?rows=1`);
    expect(preview).toMatchObject({ status: 200, body: { rowCount: body['rowCount'] } });
    await expectClean();
  });
});

test('shards that are equal are stored once, and each file of the dataset is listed once', async () => {
  // The NPY format, version 1.0: magic, length of the header, header, values. A shard ends at 2^20 rows.
  const rows = 2 ** 21;
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${rows},), }`.padEnd(117) + '\n';
  const zeros = new Uint8Array(
    Buffer.concat([
      Buffer.from('\x93NUMPY\x01\0', 'latin1'),
      Uint8Array.of(118, 0),
      Buffer.from(header),
      Buffer.alloc(rows),
    ]),
  );
  const id = await upload(zeros, 'npy');
  expect(await datasets().get(api.principal, id)).toMatchObject({ state: 'ready', rowCount: rows });
  const { projectId } = api.principal;
  const row = await api.app
    .get(Database)
    .asProject(projectId, () => api.app.get(DatasetRepository).find(projectId, id));
  expect(row?.files).toEqual([
    expect.objectContaining({ name: expect.stringMatching(/^[0-9a-f]{64}\.shard$/) }),
    expect.objectContaining({ name: 'index.json' }),
  ]);
  await expectClean();
});

describe('a hostile file is rejected, and the worker goes on', () => {
  const cut = async (name: string): Promise<Uint8Array<ArrayBuffer>> => {
    const content = await fixture(name);
    return content.slice(0, Math.floor(content.byteLength / 2));
  };
  test.each<[string, DatasetFormat, () => Promise<Uint8Array<ArrayBuffer>>, object]>([
    [
      'a value that is no number',
      'csv',
      () => Promise.resolve(bytesOf('a\n1\n2\nNaN\n')),
      { line: 4, column: 1 },
    ],
    ['an open quote', 'csv', () => Promise.resolve(bytesOf('a,b\n1,"2\n3,4\n')), { line: 3 }],
    ['UTF-16', 'csv', () => Promise.resolve(new Uint8Array(Buffer.from('a\n1\n', 'utf16le'))), { line: 1 }],
    ['random bytes', 'parquet', () => Promise.resolve(new Uint8Array(randomBytes(1000))), {}],
    ['half a file', 'parquet', () => cut('snappy.parquet'), {}],
    ['Python objects', 'npy', () => fixture('object.npy'), {}],
    ['half an archive', 'npz', () => cut('digits.npz'), {}],
    ['a bomb', 'images', () => fixture('bomb.zip'), {}],
  ])('%s', async (_, format, content, place) => {
    const id = await upload(await content(), format);
    const { state, problems } = await datasets().get(api.principal, id);
    expect(state).toBe('rejected');
    expect(problems[0]).toMatchObject({ code: expect.any(String), message: expect.any(String), ...place });
    await expectClean();
  });

  test('of many problems, the first hundred are listed', async () => {
    const rows = Array.from({ length: 2000 }, (_, i) => (i < 1000 ? '1' : 'x')).join('\n');
    const { problems } = await datasets().get(api.principal, await upload(bytesOf(`a\n${rows}\n`), 'csv'));
    expect(problems).toHaveLength(100);
    expect(problems[0]).toMatchObject({ line: 1002, column: 1 });
  });
});

describe('an upload in parts', () => {
  // Eleven MiB and some: parts of five MiB, the last one smaller.
  const rows = Array.from({ length: 1_100_000 }, (_, i) => `${i % 977},${(i * 7) % 10}`);
  const content = bytesOf(`a,b\n${rows.join('\n')}\n`);
  const multipart = { partBytes: 5 * MIB };
  const sdk = (): Gradstream => new Gradstream({ url: api.url, apiKey: api.apiKey });

  test('that was interrupted goes on with the parts that are missing', async () => {
    const made = await sdk().datasets.create({ name: 'd', upload: { bytes: content.byteLength, multipart } });
    expect(made.upload).toBeNull();
    const parts = made.multipart?.parts ?? [];
    const count = Math.ceil(content.byteLength / (5 * MIB));
    expect(parts).toHaveLength(count);
    expect(count).toBeGreaterThan(1);
    // One part arrives, then the client is gone.
    const first = content.slice(0, parts[0]?.bytes);
    expect((await fetch(parts[0]?.url ?? '', { method: 'PUT', body: first })).status).toBe(200);
    const md5 = createHash('md5').update(first).digest('hex');
    const plan = await sdk().datasets.uploadOf(made.id);
    expect(plan.parts.map(({ etag, url }) => [etag, url === null])).toEqual([
      [md5, true],
      ...Array.from({ length: count - 1 }, () => [null, false]),
    ]);
    await expect(sdk().datasets.complete(made.id)).rejects.toMatchObject({ code: 'UPLOAD_INCOMPLETE' });
    const wrong = parts.map(({ number }) => ({ number, etag: '0'.repeat(32) }));
    await expect(sdk().datasets.complete(made.id, wrong)).rejects.toMatchObject({
      code: 'UPLOAD_INCOMPLETE',
    });

    const sent: number[] = [];
    const checking = sdk().datasets.resume(made.id, content, { onProgress: (bytes) => sent.push(bytes) });
    while ((await datasets().get(api.principal, made.id)).state === 'uploading')
      await new Promise((resolve) => setTimeout(resolve, 20));
    await checker.run(made.id, signal);
    const ready = await checking;
    expect(ready).toMatchObject({ state: 'ready', rowCount: rows.length });
    expect(ready.sha256).toBe(createHash('sha256').update(content).digest('hex'));
    expect(sent.at(-1)).toBe(content.byteLength);
    // What had arrived before, then each part that was missing.
    expect(sent[0]).toBe(first.byteLength);
    expect(sent).toHaveLength(count);
    await expect(sdk().datasets.uploadOf(made.id)).rejects.toMatchObject({ code: 'UPLOAD_INCOMPLETE' });
  });

  test('is given up with its dataset', async () => {
    const made = await sdk().datasets.create({ name: 'd', upload: { bytes: content.byteLength, multipart } });
    await sdk().datasets.delete(made.id);
    const [part] = made.multipart?.parts ?? [];
    expect((await fetch(part?.url ?? '', { method: 'PUT', body: bytesOf('a') })).ok).toBe(false);
  });

  test('is refused for a file that one PUT could not bring otherwise, and for parts that are too small', async () => {
    const create = (input: object) =>
      api.call('POST', '/v1/datasets', { body: { name: 'd', upload: input } });
    expect(await create({ format: 'npy', bytes: 2 ** 31 })).toMatchObject({
      status: 422,
      body: { code: 'VALIDATION_FAILED' },
    });
    const small = { format: 'npy', bytes: 2 ** 31, multipart: { partBytes: 1000 } };
    expect(await create(small)).toMatchObject({ status: 422 });
  });
});

test('inline rows of a dataset that could not be inserted are removed, those of one that was stay', async () => {
  const rows = { name: 'd', columns: ['a'], rows: [[1], [2]] };
  const stored = jest.spyOn(Storage.prototype, 'putBytes');
  const insert = jest.spyOn(DatasetRepository.prototype, 'insert');
  try {
    insert.mockRejectedValueOnce(new Error('Postgres is away'));
    await expect(datasets().create(api.principal, rows)).rejects.toThrow('Postgres is away');
    await datasets().create(api.principal, rows);
    const [lost = '', held = ''] = stored.mock.calls.map(([key]) => key);
    const storage = api.app.get(Storage);
    expect([await storage.stat(lost), await storage.stat(held)]).toEqual([{ bytes: 6 }, { bytes: 6 }]);
    const database = api.app.get(Database);
    await database.asSystem(() =>
      sql`UPDATE deleted_objects SET remove_after = now()`.execute(database.query),
    );
    while ((await api.app.get(Cleanup).cleanUp()).files > 0);
    expect([await storage.stat(lost), await storage.stat(held)]).toEqual([null, { bytes: 6 }]);
  } finally {
    stored.mockRestore();
    insert.mockRestore();
  }
});
