// Uploads that are never completed: cleaning up ends them, and leaves those that complete meanwhile alone. On real S3.

import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { Dataset } from '@gradstream/contracts';
import { Database, DatasetRepository } from '@gradstream/data';
import { Cleanup, Datasets } from '@gradstream/domain';
import { MultipartUploads, Storage } from '@gradstream/platform';
import { sql } from 'kysely';
import { AsyncResource } from 'node:async_hooks';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DatasetChecker } from '../../apps/worker/src/datasets/check.js';
import type { WorkerFolder } from '../../apps/worker/src/files/workerFolder.js';
import { startApi, type TestApi } from '../support/app.js';
import { checkerOf } from '../support/checks.js';

jest.setTimeout(60_000);

let api: TestApi;
let checker: DatasetChecker;
let folder: WorkerFolder;

beforeAll(async () => {
  api = await startApi({ UPLOAD_DAYS: '2' });
  ({ checker, folder } = checkerOf(api));
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(async () => {
  await rm(path.dirname(await folder.folder('checks')), { recursive: true, force: true });
  await api.stop();
});

const CONTENT = 'a\n1\n2\n';
const datasets = (): Datasets => api.app.get(Datasets);
const cleanUp = () => api.app.get(Cleanup).cleanUp();

/** Makes the database believe that a dataset was made so many hours ago. */
async function age(id: string, hours: number): Promise<void> {
  const database = api.app.get(Database);
  await database.asSystem(() =>
    sql`UPDATE datasets SET created_at = now() - make_interval(hours => ${hours}) WHERE id = ${id}`.execute(
      database.query,
    ),
  );
}

interface Sent {
  readonly id: string;
  readonly key: string;
  readonly uploadId: string;
  readonly parts: { number: number; etag: string }[];
}

/** An upload in parts whose only part has arrived, as old as that. */
async function sendPart(hours: number): Promise<Sent> {
  const { id, multipart } = await datasets().create(api.principal, {
    name: 'd',
    upload: { format: 'csv', bytes: CONTENT.length, multipart: true },
  });
  const answer = await fetch(multipart?.parts[0]?.url ?? '', { method: 'PUT', body: CONTENT });
  const parts = [{ number: 1, etag: answer.headers.get('etag') ?? '' }];
  await age(id, hours);
  const { projectId } = api.principal;
  const row = await api.app
    .get(Database)
    .asProject(projectId, () => api.app.get(DatasetRepository).find(projectId, id));
  return { id, key: row?.object_key ?? '', uploadId: row?.upload_id ?? '', parts };
}

const arrived = ({ key, uploadId }: Sent) => api.app.get(MultipartUploads).list(key, uploadId);
const get = (id: string): Promise<Dataset> => datasets().get(api.principal, id);

test('the parts of an upload that is too old are gone, its dataset says why; a younger one goes on', async () => {
  const old = await sendPart(49);
  const young = await sendPart(47);
  expect(await arrived(old)).toMatchObject([{ number: 1, bytes: CONTENT.length }]);
  await cleanUp();
  await expect(arrived(old)).rejects.toMatchObject({ code: 'UPLOAD_INCOMPLETE' });
  const problems = [
    {
      code: 'uploadExpired',
      message: expect.stringContaining('was not completed within 2 days'),
      hint: expect.stringContaining('upload the file again'),
    },
  ];
  expect(await get(old.id)).toMatchObject({ state: 'rejected', problems });
  expect(await datasets().complete(api.principal, old.id, { parts: old.parts })).toMatchObject({ problems });

  expect(await arrived(young)).toHaveLength(1);
  expect(await get(young.id)).toMatchObject({ state: 'uploading' });
  const completed = await datasets().complete(api.principal, young.id, { parts: young.parts });
  expect(completed).toMatchObject({ state: 'checking' });
});

test('of an upload by one PUT, a file of another size goes; a whole one is checked', async () => {
  const put = async (content: string): Promise<string> => {
    const { id, upload } = await datasets().create(api.principal, {
      name: 'd',
      upload: { format: 'csv', bytes: CONTENT.length },
    });
    expect((await fetch(upload?.url ?? '', { method: 'PUT', body: content })).status).toBe(200);
    await age(id, 49);
    return id;
  };
  const [part, whole] = [await put('a\n1'), await put(CONTENT)];
  await cleanUp();
  expect(await get(part)).toMatchObject({ state: 'rejected', problems: [{ code: 'uploadExpired' }] });
  const database = api.app.get(Database);
  const noted = await database.asSystem(() =>
    sql`SELECT 1 FROM deleted_objects WHERE object_key LIKE ${`%/${part}/source`}`.execute(database.query),
  );
  expect(noted.rows).toHaveLength(1);
  await checker.run(whole, new AbortController().signal);
  expect(await get(whole)).toMatchObject({ state: 'ready', rowCount: 2 });
});

test('one that completes while it is looked at is untouched', async () => {
  const sent = await sendPart(49);
  // Outside of the transaction that looks at it.
  const complete = AsyncResource.bind(() =>
    datasets().complete(api.principal, sent.id, { parts: sent.parts }),
  );
  const repository = api.app.get(DatasetRepository);
  const lock = repository.lock.bind(repository);
  jest.spyOn(repository, 'lock').mockImplementationOnce(async (...given) => {
    await complete();
    return lock(...given);
  });
  await cleanUp();
  await checker.run(sent.id, new AbortController().signal);
  expect(await get(sent.id)).toMatchObject({ state: 'ready', rowCount: 2 });
});

test('one whose parts are joined while it is given up is untouched, too', async () => {
  const sent = await sendPart(49);
  const complete = AsyncResource.bind(() =>
    datasets().complete(api.principal, sent.id, { parts: sent.parts }),
  );
  let completing: Promise<Dataset> | undefined;
  const multipart = api.app.get(MultipartUploads);
  const abort = multipart.abort.bind(multipart);
  jest.spyOn(multipart, 'abort').mockImplementationOnce(async (...given) => {
    completing = complete();
    while ((await api.app.get(Storage).stat(sent.key)) === null) await delay(10);
    await abort(...given);
  });
  await cleanUp();
  expect(await completing).toMatchObject({ id: sent.id, state: 'checking' });
  await checker.run(sent.id, new AbortController().signal);
  expect(await get(sent.id)).toMatchObject({ state: 'ready', rowCount: 2 });
});

test('an old upload that cannot be given up now holds up no other, and goes in the next round', async () => {
  const [first, second] = [await sendPart(60), await sendPart(50)];
  jest.spyOn(api.app.get(MultipartUploads), 'abort').mockRejectedValueOnce(new Error('refused'));
  await cleanUp();
  expect([(await get(first.id)).state, (await get(second.id)).state]).toEqual(['uploading', 'rejected']);
  await cleanUp();
  expect((await get(first.id)).state).toBe('rejected');
  await expect(arrived(first)).rejects.toMatchObject({ code: 'UPLOAD_INCOMPLETE' });
});
