// Checks that end for reasons that are not the file's: a full disk, a storage that breaks off. On real services.

import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { GradstreamError, type Dataset } from '@gradstream/contracts';
import { Database, DatasetRepository } from '@gradstream/data';
import { Cleanup, Datasets } from '@gradstream/domain';
import { Storage } from '@gradstream/platform';
import { sql } from 'kysely';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { DatasetChecker } from '../../apps/worker/src/datasets/check.js';
import type { WorkerFolder } from '../../apps/worker/src/files/workerFolder.js';
import { startApi, type TestApi } from '../support/app.js';
import { checkerOf } from '../support/checks.js';

jest.setTimeout(60_000);

/** How often a check is made that the machine fails (docs/datasets.md). */
const CHECKS = 6;

let api: TestApi;
let checker: DatasetChecker;
let folder: WorkerFolder;

beforeAll(async () => {
  api = await startApi();
  ({ checker, folder } = checkerOf(api));
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(async () => {
  await rm(path.dirname(await folder.folder('checks')), { recursive: true, force: true });
  await api.stop();
});

const { signal } = new AbortController();
const rows = { name: 'd', columns: ['a'], rows: [[1], [2]] };
const make = async (): Promise<string> => (await api.app.get(Datasets).create(api.principal, rows)).id;
const get = (id: string): Promise<Dataset> => api.app.get(Datasets).get(api.principal, id);
const sourceOf = (id: string): string => `projects/${api.principal.projectId}/datasets/${id}/source`;

/** What the reconciler would queue. */
const waiting = (): Promise<string[]> =>
  api.app.get(Database).asSystem(() => api.app.get(DatasetRepository).listChecking(1000));

/** Lets the time of waiting pass. */
async function pass(id: string): Promise<void> {
  const database = api.app.get(Database);
  await database.asSystem(() =>
    sql`UPDATE datasets SET check_not_before = now() WHERE id = ${id}`.execute(database.query),
  );
}

const full = (): Error => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });

test('a check that the disk fails waits longer each time, and is made again; then the dataset is rejected', async () => {
  const id = await make();
  const put = jest.spyOn(Storage.prototype, 'putFile').mockRejectedValue(full());
  for (let tries = 1; tries < CHECKS; tries++) {
    await checker.run(id, signal);
    expect(await get(id)).toMatchObject({ state: 'checking', problems: [] });
    expect(await waiting()).not.toContain(id);
    await checker.run(id, signal); // Queued before, by another worker.
    expect(put).toHaveBeenCalledTimes(tries);
    await pass(id);
    expect(await waiting()).toContain(id);
  }
  await checker.run(id, signal);
  expect(await get(id)).toMatchObject({
    state: 'rejected',
    problems: [
      {
        code: 'storageFull',
        message: expect.stringContaining('disk of the worker'),
        hint: expect.stringContaining('GRADSTREAM_DATA'),
      },
    ],
  });
  expect(await readdir(await folder.folder('checks'))).toEqual([]);
});

test('a check that fails once is made again', async () => {
  const id = await make();
  jest.spyOn(Storage.prototype, 'putFile').mockRejectedValueOnce(full());
  await checker.run(id, signal);
  await pass(id);
  await checker.run(id, signal);
  expect(await get(id)).toMatchObject({ state: 'ready', rowCount: 2 });
});

test('an unexpected failure is named, and how often it was met', async () => {
  const id = await make();
  jest.spyOn(Storage.prototype, 'putFile').mockRejectedValue(new Error('no such thing'));
  for (let tries = 1; tries <= CHECKS; tries++) {
    await checker.run(id, signal);
    await pass(id);
  }
  expect(await get(id)).toMatchObject({
    state: 'rejected',
    problems: [{ code: 'checkFailed', message: expect.stringMatching(/6 times.*no such thing/) }],
  });
});

test('a download that breaks off again and again gives way to other checks, and has an end', async () => {
  const id = await make();
  const stalled = new GradstreamError('SERVICE_UNAVAILABLE', 'The storage did not answer in time (a).');
  const download = jest.spyOn(Storage.prototype, 'downloadTo').mockRejectedValue(stalled);
  await checker.run(id, signal);
  expect(download).toHaveBeenCalledTimes(3);
  expect((await get(id)).state).toBe('checking');
  for (let tries = 2; tries <= CHECKS; tries++) {
    await pass(id);
    await checker.run(id, signal);
  }
  expect(await get(id)).toMatchObject({
    state: 'rejected',
    problems: [{ code: 'checkFailed', message: expect.stringContaining('did not answer in time') }],
  });
});

test('a file that the disk has no room for is not fetched', async () => {
  const id = await make();
  const bytes = 2 ** 50;
  const database = api.app.get(Database);
  await database.asSystem(() =>
    sql`UPDATE datasets SET expected_bytes = ${bytes} WHERE id = ${id}`.execute(database.query),
  );
  jest.spyOn(Storage.prototype, 'stat').mockResolvedValue({ bytes });
  const download = jest.spyOn(Storage.prototype, 'downloadTo');
  for (let tries = 1; tries <= CHECKS; tries++) {
    await checker.run(id, signal);
    await pass(id);
  }
  expect(download).not.toHaveBeenCalled();
  expect(await get(id)).toMatchObject({
    state: 'rejected',
    problems: [{ code: 'storageFull', message: expect.stringContaining('1125899906842624 bytes') }],
  });
});

test('the upload of a rejected dataset is removed, once no URL can bring it again', async () => {
  const wrong = { ...rows, columnTypes: { a: 'numeric' as const }, rows: [['x'], ['y']] };
  const { id } = await api.app.get(Datasets).create(api.principal, wrong);
  await checker.run(id, signal);
  expect(await get(id)).toMatchObject({ state: 'rejected', problems: [{ line: 2 }, { line: 3 }] });
  const clean = async (): Promise<{ bytes: number } | null> => {
    while ((await api.app.get(Cleanup).cleanUp()).files > 0);
    return api.app.get(Storage).stat(sourceOf(id));
  };
  expect(await clean()).toEqual({ bytes: 6 });
  const database = api.app.get(Database);
  await database.asSystem(() =>
    sql`UPDATE deleted_objects SET remove_after = remove_after - interval '1 hour'`.execute(database.query),
  );
  expect(await clean()).toBeNull();
});
