// Uploads through their URL, and the check of what came: on real S3, with a second writer.

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Database } from '@gradstream/data';
import { Datasets } from '@gradstream/domain';
import { Logger, Storage } from '@gradstream/platform';
import { sql } from 'kysely';
import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { DatasetChecker } from '../../apps/worker/src/datasets/check.js';
import { startApi, type TestApi } from '../support/app.js';

jest.setTimeout(30_000);

let api: TestApi;
let checker: DatasetChecker;

beforeAll(async () => {
  api = await startApi();
  checker = new DatasetChecker(api.app.get(Datasets), api.app.get(Storage), api.app.get(Logger));
});
afterAll(async () => {
  await api.stop();
});

const { signal } = new AbortController();
const datasets = (): Datasets => api.app.get(Datasets);

/** A planned upload. */
async function plan(bytes: number): Promise<{ id: string; put: (body: string) => Promise<number> }> {
  const input = { name: 'd', upload: { format: 'csv' as const, bytes } };
  const { id, upload } = await datasets().create(api.principal, input);
  const url = upload?.url ?? '';
  return { id, put: async (body) => (await fetch(url, { method: 'PUT', body })).status };
}

/** Where a dataset's file is. */
async function keyOf(id: string): Promise<string> {
  const database = api.app.get(Database);
  const { rows } = await database.asSystem(() =>
    sql<{ key: string }>`SELECT object_key AS key FROM datasets WHERE id = ${id}`.execute(database.query),
  );
  return rows[0]?.key ?? '';
}

test('a dataset that is ready stays as it was checked, though its upload URL still works', async () => {
  const checked = 'a\n1\n2\n';
  const { id, put } = await plan(checked.length);
  expect(await put(checked)).toBe(200);
  await datasets().complete(api.principal, id);
  await checker.run(id, signal);
  const sha256 = createHash('sha256').update(checked).digest('hex');
  expect(await datasets().get(api.principal, id)).toMatchObject({ state: 'ready', rowCount: 2, sha256 });
  expect(await put('a\n3\n4\n')).toBe(200);
  const key = await keyOf(id);
  expect(key).toContain(sha256);
  expect(await text(await api.app.get(Storage).openRead(key))).toBe(checked);
});

test('a file that was replaced by one of another size before its check is rejected', async () => {
  const { id, put } = await plan(4);
  await put('a\n1\n');
  await datasets().complete(api.principal, id);
  await put('a\n1\n2\n3\n');
  await checker.run(id, signal);
  expect(await datasets().get(api.principal, id)).toMatchObject({
    state: 'rejected',
    problems: [{ code: 'sizeMismatch' }],
  });
});
