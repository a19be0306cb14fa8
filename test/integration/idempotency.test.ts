// Requests with an Idempotency-Key when something goes wrong between the request and its answer.

import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { Database, IdempotencyRepository, ModelRepository } from '@gradstream/data';
import { Cleanup, Models } from '@gradstream/domain';
import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { startApi, type TestApi } from '../support/app.js';
import { newProject, type TestProject } from '../support/projects.js';
import { definition } from '../support/runs.js';

let api: TestApi;
/** Its only models are of these tests. */
let project: TestProject;

beforeAll(async () => {
  api = await startApi();
  project = await newProject(api);
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(async () => {
  await api.stop();
});

const post = (key: string, name = key) =>
  api.call('POST', '/v1/models', {
    body: { name, definition },
    key: project.apiKey,
    headers: { 'idempotency-key': key },
  });

/** How many models have a name. */
async function count(name: string): Promise<number> {
  const { data } = await api.app.get(Models).list(project.principal, { limit: 100 });
  return data.filter((model) => model.name === name).length;
}

/** Runs a statement as the system. */
function run<T>(statement: ReturnType<typeof sql<T>>): Promise<T[]> {
  const database = api.app.get(Database);
  return database.asSystem(async () => (await statement.execute(database.query)).rows);
}

/** What pg says of a connection that broke. */
const broken = (): Error => new Error('Connection terminated unexpectedly');

test('a commit whose answer was lost made one thing, and the retry gets its answer', async () => {
  const database = api.app.get(Database);
  const insert = jest.spyOn(api.app.get(ModelRepository), 'insert');
  const transact = database.asProject.bind(database);
  let depth = 0;
  const spy = jest.spyOn(database, 'asProject').mockImplementation(async (projectId, work) => {
    depth++;
    const result = await transact(projectId, work).finally(() => depth--);
    if (depth > 0 || insert.mock.calls.length === 0) return result;
    spy.mockRestore();
    throw broken();
  });
  const key = randomUUID();
  expect((await post(key)).status).toBe(503);
  const again = await post(key);
  expect([again.status, again.body['name']]).toEqual([201, key]);
  expect(again.headers.get('location')).toBe(`/v1/models/${String(again.body['id'])}`);
  expect(await count(key)).toBe(1);
});

test('a transaction that broke made nothing, and the retry makes it', async () => {
  const models = api.app.get(ModelRepository);
  const insert = models.insert.bind(models);
  jest.spyOn(models, 'insert').mockImplementationOnce(async (row) => {
    await insert(row);
    throw broken();
  });
  const key = randomUUID();
  expect((await post(key)).status).toBe(503);
  expect((await post(key)).status).toBe(201);
  expect(await count(key)).toBe(1);
});

test('a key that cannot be given back at once is given back when Postgres is there', async () => {
  jest.spyOn(api.app.get(ModelRepository), 'insert').mockRejectedValueOnce(broken());
  const release = jest.spyOn(api.app.get(IdempotencyRepository), 'release').mockRejectedValueOnce(broken());
  const key = randomUUID();
  expect((await post(key)).status).toBe(503);
  expect((await post(key)).body['code']).toBe('IDEMPOTENCY_IN_FLIGHT');
  let last = await post(key);
  for (; last.status === 409; last = await post(key)) await delay(50);
  expect([last.status, release.mock.calls.length]).toEqual([201, 2]);
  expect(await count(key)).toBe(1);
});

test('a request whose key was taken over makes nothing', async () => {
  const models = api.app.get(ModelRepository);
  const insert = models.insert.bind(models);
  const reached = Promise.withResolvers<undefined>();
  const gate = Promise.withResolvers<undefined>();
  jest.spyOn(models, 'insert').mockImplementationOnce(async (row) => {
    reached.resolve(undefined);
    await gate.promise;
    return insert(row);
  });
  const key = randomUUID();
  const slow = post(key);
  await reached.promise;
  expect((await post(key)).body['code']).toBe('IDEMPOTENCY_IN_FLIGHT');
  await run(sql`UPDATE idempotency_keys SET created_at = now() - interval '61 seconds' WHERE key = ${key}`);
  const second = await post(key);
  expect(second.status).toBe(201);
  gate.resolve(undefined);
  const first = await slow;
  expect([first.status, first.body['code']]).toEqual([409, 'IDEMPOTENCY_IN_FLIGHT']);
  expect(await count(key)).toBe(1);
  expect((await post(key)).body).toEqual(second.body);
});

test('a key that lost its scope does not get the first answer again', async () => {
  const body = { name: 'writer', scopes: ['write'] };
  const { body: writer } = await api.call('POST', '/v1/apiKeys', { body, key: project.apiKey });
  const headers = { 'idempotency-key': randomUUID() };
  const send = () =>
    api.call('POST', '/v1/models', {
      body: { name: 'scoped', definition },
      key: String(writer['secret']),
      headers,
    });
  expect((await send()).status).toBe(201);
  await run(sql`UPDATE api_keys SET scopes = '{read}' WHERE id = ${String(writer['id'])}`);
  expect((await send()).body['code']).toBe('FORBIDDEN');
});

test('no table holds the secret of a key that was made with an Idempotency-Key', async () => {
  const headers = { 'idempotency-key': randomUUID() };
  const made = await api.call('POST', '/v1/apiKeys', { body: { name: 'k' }, headers });
  const secret = String(made.body['secret']);
  const tables = await run(
    sql<{
      name: string;
    }>`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
  );
  expect(tables.length).toBeGreaterThanOrEqual(10);
  const find = async (text: string): Promise<string[]> => {
    const found: string[] = [];
    for (const { name } of tables) {
      const rows = await run(
        sql`SELECT FROM ${sql.table(name)} t WHERE position(${text} IN t::text) > 0 LIMIT 1`,
      );
      if (rows.length > 0) found.push(name);
    }
    return found;
  };
  expect(await find(String(made.body['prefix']))).toEqual(['api_keys']);
  expect(await find(secret.slice(-40))).toEqual([]);
});

test('answers are forgotten after a day', async () => {
  const [old, fresh] = [randomUUID(), randomUUID()];
  await post(old);
  await post(fresh);
  await run(sql`UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = ${old}`);
  expect((await api.app.get(Cleanup).cleanUp()).answers).toBe(1);
  const rows = await run(
    sql<{ key: string }>`SELECT key FROM idempotency_keys WHERE key IN (${old}, ${fresh})`,
  );
  expect(rows).toEqual([{ key: fresh }]);
});
