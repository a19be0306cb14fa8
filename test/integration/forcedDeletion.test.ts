// Deletion of a dataset by force: what goes, what stays, and what can no longer be done; the worker's part is played.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Database } from '@gradstream/data';
import { Attempts, Checkpoints, Cleanup } from '@gradstream/domain';
import { Gradstream } from '@gradstream/sdk';
import { Storage } from '@gradstream/platform';
import { sql } from 'kysely';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { startApi, type TestApi } from '../support/app.js';
import { newProject, populate, type Ids } from '../support/projects.js';
import { claimedRun, readyDataset, specFor } from '../support/runs.js';

jest.setTimeout(60_000);

let api: TestApi;
let client: Gradstream;

beforeAll(async () => {
  api = await startApi();
  client = new Gradstream({ url: api.url, apiKey: api.apiKey });
});
afterAll(async () => {
  await api.stop();
});

const force = (id: string) => api.call('DELETE', `/v1/datasets/${id}?force=true`);

/** Objects of the storage that a dataset names. */
async function objectsOf(id: string): Promise<string[]> {
  const database = api.app.get(Database);
  const { rows } = await database.asSystem(() =>
    sql<{
      key: string;
    }>`SELECT file ->> 'objectKey' AS key FROM datasets, jsonb_array_elements(files) AS file WHERE id = ${id}`.execute(
      database.query,
    ),
  );
  return rows.map(({ key }) => key);
}
const stored = (keys: readonly string[]): Promise<boolean[]> =>
  Promise.all(keys.map(async (key) => (await api.app.get(Storage).stat(key)) !== null));

describe('a dataset of a run that has ended', () => {
  let ids: Ids;
  let keys: string[];
  let before: Record<string, unknown>;
  beforeAll(async () => {
    ids = await populate(api, api.principal);
    keys = await objectsOf(ids.datasets);
    before = (await api.call('GET', `/v1/runs/${ids.runs}`)).body;
  });

  test('stays without force, and the refusal names the run', async () => {
    for (const query of ['', '?force=false'])
      expect(await api.call('DELETE', `/v1/datasets/${ids.datasets}${query}`)).toMatchObject({
        status: 409,
        body: { code: 'IN_USE', detail: expect.stringContaining(ids.runs) },
      });
    expect((await api.call('DELETE', `/v1/datasets/${ids.datasets}?force=maybe`)).status).toBe(422);
    expect(before['datasetDeletedAt']).toBeNull();
  });

  test('goes by force, with its files', async () => {
    expect(await stored(keys)).toEqual([true]);
    const { status, body } = await force(ids.datasets);
    expect([status, body['id'], body['state']]).toEqual([200, ids.datasets, 'ready']);
    for (const path of ['', '/preview', '/stats'])
      expect((await api.call('GET', `/v1/datasets/${ids.datasets}${path}`)).status).toBe(404);
    await api.app.get(Cleanup).cleanUp();
    expect(await stored(keys)).toEqual([false]);
    expect((await force(ids.datasets)).status).toBe(404);
  });

  test('is shown as deleted by the run, of which all else stays', async () => {
    const { datasetDeletedAt, ...rest } = (await api.call('GET', `/v1/runs/${ids.runs}`)).body;
    expect(Math.abs(Date.parse(String(datasetDeletedAt)) - Date.now())).toBeLessThan(60_000);
    expect({ ...rest, datasetDeletedAt: null }).toEqual(before);
    expect(rest['spec']).toMatchObject({ dataset: ids.datasets });
    expect((await client.runs.get(ids.runs)).datasetDeletedAt).toBe(datasetDeletedAt);
    const query = 'query ($id: ID!) { run(id: $id) { datasetDeletedAt } }';
    const asked = await api.call('POST', '/graphql', { body: { query, variables: { id: ids.runs } } });
    expect(asked.body).toEqual({ data: { run: { datasetDeletedAt } } });
    expect((await client.runs.metrics(ids.runs)).points.map(({ step }) => step)).toEqual([1, 2]);
    expect((await client.checkpoints.download(ids.checkpoints)).byteLength).toBeGreaterThan(0);
  });

  test('is missed in words by what would need it', async () => {
    const deleted = { status: 409, body: { code: 'DATASET_DELETED', detail: /deleted at 2\d{3}-/ } };
    const { status, body } = await api.call('POST', `/v1/runs/${ids.runs}/fork`, { body: {} });
    expect([status, body['code']]).toEqual([deleted.status, deleted.body.code]);
    expect(body['detail']).toMatch(deleted.body.detail);
    const path = `/v1/checkpoints/${ids.checkpoints}/predict`;
    const predicted = await api.call('POST', path, { body: { dataset: ids.datasets } });
    expect([predicted.status, predicted.body['code']]).toEqual([409, 'DATASET_DELETED']);
    expect(predicted.body['detail']).toMatch(/send rows, or upload it again/);
    expect(await api.call('POST', '/v1/runs', { body: specFor(ids.datasets) })).toMatchObject({
      status: 422,
      body: { code: 'RUN_INVALID', errors: [{ pointer: '/dataset', code: 'notFound' }] },
    });
    // It succeeded: there is nothing to resume or to retry.
    expect((await api.call('POST', `/v1/runs/${ids.runs}/resume`)).body['code']).toBe('RUN_FINISHED');
    expect((await api.call('POST', `/v1/runs/${ids.runs}/retry`)).body['code']).toBe('CONFLICT');
  });

  test('does not keep the run from being deleted', async () => {
    expect((await api.call('DELETE', `/v1/runs/${ids.runs}`)).status).toBe(200);
  });
});

test('a run that was cancelled cannot be retried without its dataset', async () => {
  const dataset = await readyDataset(api);
  const run = await claimedRun(api, dataset);
  await api.app.get(Attempts).finish(run, { state: 'cancelled' });
  expect((await force(dataset)).status).toBe(200);
  for (const body of [{}, { fromStart: true }])
    expect(await api.call('POST', `/v1/runs/${run.runId}/retry`, { body })).toMatchObject({
      status: 409,
      body: { code: 'DATASET_DELETED' },
    });
  expect((await client.runs.get(run.runId)).state).toBe('cancelled');
});

test.each(['queued', 'preparing', 'running', 'paused'])(
  'a run that is %s keeps its dataset, and so do those that have ended',
  async (state) => {
    const dataset = await readyDataset(api);
    const ended = await claimedRun(api, dataset);
    await api.app.get(Attempts).finish(ended, { state: 'cancelled' });
    const open =
      state === 'preparing' || state === 'running'
        ? (await claimedRun(api, dataset)).runId
        : String((await api.call('POST', '/v1/runs', { body: specFor(dataset) })).body['id']);
    const database = api.app.get(Database);
    await database.asSystem(() =>
      sql`UPDATE runs SET state = ${state} WHERE id = ${open}`.execute(database.query),
    );
    const { status, body } = await force(dataset);
    expect([status, body['code']]).toEqual([409, 'IN_USE']);
    expect(body['detail']).toContain(open);
    expect(body['detail']).not.toContain(ended.runId);
    expect((await client.runs.get(ended.runId)).datasetDeletedAt).toBeNull();
    expect(await stored(await objectsOf(dataset))).toEqual([true]);
  },
);

test("another project's dataset is as a missing one, and stays", async () => {
  const other = await newProject(api);
  const theirs = await populate(api, other.principal);
  expect(await force(theirs.datasets)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  const theirClient = new Gradstream({ url: api.url, apiKey: other.apiKey });
  expect((await theirClient.datasets.get(theirs.datasets)).state).toBe('ready');
  expect((await theirClient.runs.get(theirs.runs)).datasetDeletedAt).toBeNull();
  const read = await theirClient.keys.create({ name: 'r', scopes: ['read'] });
  const path = `/v1/datasets/${theirs.datasets}?force=true`;
  expect((await api.call('DELETE', path, { key: read.secret })).status).toBe(403);
  expect((await theirClient.datasets.delete(theirs.datasets, { force: true })).id).toBe(theirs.datasets);
  expect((await theirClient.runs.get(theirs.runs)).datasetDeletedAt).not.toBeNull();
});

test('over GraphQL it is asked for in the input, and answered once', async () => {
  const { datasets, runs } = await populate(api, api.principal);
  const query = `mutation ($input: DeleteDatasetInput!) {
    deleteDataset(input: $input) { dataset { id } problem { code detail } }
  }`;
  const ask = async (input: object, key = 'k') =>
    (
      await api.call('POST', '/graphql', {
        body: { query, variables: { input } },
        headers: { 'idempotency-key': `${datasets}-${key}` },
      })
    ).body;
  for (const input of [{ id: datasets }, { id: datasets, force: null }])
    expect(await ask(input, 'other')).toEqual({
      data: {
        deleteDataset: { dataset: null, problem: { code: 'IN_USE', detail: expect.stringContaining(runs) } },
      },
    });
  const done = { data: { deleteDataset: { dataset: { id: datasets }, problem: null } } };
  expect(await ask({ id: datasets, force: true })).toEqual(done);
  expect(await ask({ id: datasets, force: true })).toEqual(done);
});

test.each([1, 2, 3, 4, 5])('of a forced deletion and ten retries at once, either wins (%i)', async () => {
  const dataset = await readyDataset(api);
  const runs = [];
  for (let i = 0; i < 10; i++) {
    const run = await claimedRun(api, dataset);
    await api.app.get(Attempts).finish(run, { state: 'cancelled' });
    runs.push(run.runId);
  }
  const [deleted, ...retries] = await Promise.all([
    force(dataset),
    ...runs.map((id) => api.call('POST', `/v1/runs/${id}/retry`)),
  ]);
  const queued = retries.filter(({ status }) => status === 202);
  for (const { status, body } of retries.filter((retry) => !queued.includes(retry)))
    expect([status, body['code']]).toEqual([409, 'DATASET_DELETED']);
  expect([deleted.status, queued.length > 0]).toEqual(deleted.status === 200 ? [200, false] : [409, true]);
});

test('a run that is about to end is waited for, and needs its dataset no more', async () => {
  const dataset = await readyDataset(api);
  const { runId } = await claimedRun(api, dataset);
  const database = api.app.get(Database);
  let answered = false;
  let deletion: ReturnType<typeof force> | undefined;
  await database.asSystem(async () => {
    const query = (statement: ReturnType<typeof sql>) => statement.execute(database.query);
    await query(sql`UPDATE runs SET state = 'cancelled', finished_at = now() WHERE id = ${runId}`);
    deletion = force(dataset).finally(() => (answered = true));
    const isWaiting = async () =>
      (
        await query(sql`SELECT FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'`)
      ).rows.length > 0;
    while (!answered && !(await isWaiting())) await delay(10);
  });
  expect((await deletion)?.status).toBe(200);
});

test('a prediction that waits for a worker is told that its dataset went', async () => {
  const { checkpoints, runs } = await populate(api, api.principal);
  const dataset = await readyDataset(api);
  const asked = api.call('POST', `/v1/checkpoints/${checkpoints}/predict`, { body: { dataset } });
  const database = api.app.get(Database);
  const waiting = () =>
    database.asSystem(() =>
      sql`SELECT FROM predictions WHERE dataset_id = ${dataset} AND answer IS NULL`.execute(database.query),
    );
  while ((await waiting()).rows.length === 0) await delay(10);
  expect((await force(dataset)).status).toBe(200);
  const { status, body } = await asked;
  expect([status, body['code']]).toEqual([404, 'NOT_FOUND']);
  expect(body['detail']).toContain(`${dataset} was deleted while the prediction waited`);
  expect(await api.app.get(Checkpoints).list(api.principal, runs, { limit: 1 })).toMatchObject({
    data: [{ id: checkpoints }],
  });
});

test('the migration can be taken back: a dataset without files takes the place of the one that is gone', async () => {
  const { datasets, runs } = await populate(api, api.principal);
  await force(datasets);
  const database = api.app.get(Database);
  const text = await readFile('migrations/0032_keep_runs_of_deleted_datasets.sql', 'utf8');
  const [up = '', down = ''] = text.split('-- Down Migration');
  const seen = await database.asSystem(async () => {
    await sql.raw(down).execute(database.query);
    const { rows } = await sql<{ dataset_id: string; state: string }>`
      SELECT dataset_id, datasets.state FROM runs JOIN datasets ON datasets.id = dataset_id WHERE runs.id = ${runs}`.execute(
      database.query,
    );
    await sql.raw(up).execute(database.query);
    return rows;
  });
  expect(seen).toEqual([{ dataset_id: datasets, state: 'rejected' }]);
});
