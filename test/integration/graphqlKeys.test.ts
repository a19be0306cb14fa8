// Mutations with an Idempotency-Key: the header of the request, and the name of each result.

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { IdempotencyRepository } from '@gradstream/data';
import { randomUUID } from 'node:crypto';
import { startApi, type TestApi } from '../support/app.js';
import { newProject, type TestProject } from '../support/projects.js';
import { definition } from '../support/runs.js';

jest.setTimeout(30_000);

let api: TestApi;
/** Its only models are of these tests. */
let project: TestProject;

beforeAll(async () => {
  api = await startApi();
  project = await newProject(api);
});
afterAll(async () => {
  await api.stop();
});

const MAKE = `mutation ($name: String!, $definition: JSON!) {
  createModel(input: { name: $name, definition: $definition }) { model { id name } problem { code } }
}`;

async function send(query: string, variables: object, idempotencyKey: string, key = project.apiKey) {
  const options = { body: { query, variables }, key, headers: { 'idempotency-key': idempotencyKey } };
  const { body } = await api.call('POST', '/graphql', options);
  return body;
}

async function names(): Promise<string[]> {
  const { body } = await api.call('GET', '/v1/models?limit=100', { key: project.apiKey });
  return (body['data'] as { name: string }[]).map(({ name }) => name);
}

test('a mutation that is sent again gets the first answer', async () => {
  const key = randomUUID();
  const first = await send(MAKE, { name: 'once', definition }, key);
  expect(first['data']).toMatchObject({ createModel: { model: { name: 'once' }, problem: null } });
  expect(await send(MAKE, { name: 'once', definition }, key)).toEqual(first);
  expect((await names()).filter((name) => name === 'once')).toHaveLength(1);
});

test('of fifty at once one makes something', async () => {
  const key = randomUUID();
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => send(MAKE, { name: 'of fifty', definition }, key)),
  );
  const results = answers.map(
    ({ data }) =>
      (data as { createModel: { model: { id: string } | null; problem: { code: string } | null } })
        .createModel,
  );
  const ids = new Set(results.flatMap(({ model }) => (model ? [model.id] : [])));
  expect(ids.size).toBe(1);
  for (const { problem } of results) expect([undefined, 'IDEMPOTENCY_IN_FLIGHT']).toContain(problem?.code);
  expect((await names()).filter((name) => name === 'of fifty')).toHaveLength(1);
});

test('a deletion and its answer are one: when the answer cannot be stored, nothing is deleted', async () => {
  const made = await send(MAKE, { name: 'short-lived', definition }, randomUUID());
  const { id } = (made['data'] as { createModel: { model: { id: string } } }).createModel.model;
  const text = 'mutation ($id: ID!) { deleteModel(input: { id: $id }) { model { id } problem { code } } }';
  const key = randomUUID();
  jest.spyOn(api.app.get(IdempotencyRepository), 'store').mockRejectedValueOnce(new Error('lost'));
  expect((await send(text, { id }, key))['errors']).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
  const removed = { deleteModel: { model: { id }, problem: null } };
  expect((await send(text, { id }, key))['data']).toEqual(removed);
  expect((await send(text, { id }, key))['data']).toEqual(removed);
  jest.restoreAllMocks();
});

test('another input under the same key is refused as a result', async () => {
  const key = randomUUID();
  await send(MAKE, { name: 'first', definition }, key);
  const second = await send(MAKE, { name: 'second', definition }, key);
  expect(second['data']).toEqual({
    createModel: { model: null, problem: { code: 'IDEMPOTENCY_KEY_REUSED' } },
  });
  // The same input, written into the document, is the same request.
  const inline = MAKE.replace('($name: String!,', '(').replace('$name,', '"first",');
  const again = await send(inline, { definition }, key);
  expect(again['data']).toMatchObject({ createModel: { model: { name: 'first' } } });
});

test('one key serves several mutations of a document, each by its name', async () => {
  const key = randomUUID();
  const query = `mutation ($definition: JSON!) {
    one: createModel(input: { name: "one", definition: $definition }) { model { id } }
    two: createModel(input: { name: "two", definition: $definition }) { model { id } }
    createApiKey(input: { name: "k", scopes: [read] }) { secret }
  }`;
  const first = await send(query, { definition }, key);
  expect(first['errors']).toBeUndefined();
  expect(await send(query, { definition }, key)).toEqual(first);
  expect((await names()).filter((name) => name === 'one' || name === 'two')).toHaveLength(2);
});

test('a mutation that failed may be sent again, and a bad key is named', async () => {
  const key = randomUUID();
  const failed = await send(MAKE, { name: 'later', definition: {} }, key);
  expect(failed['data']).toMatchObject({ createModel: { problem: { code: 'MODEL_INVALID' } } });
  const better = await send(MAKE, { name: 'later', definition }, key);
  expect(better['data']).toMatchObject({ createModel: { model: { name: 'later' } } });
  const bad = await send(MAKE, { name: 'bad', definition }, 'x'.repeat(201));
  expect(bad['data']).toMatchObject({ createModel: { problem: { code: 'VALIDATION_FAILED' } } });
});

test('options of an upload that are null are as absent ones', async () => {
  const plan =
    'mutation ($input: CreateDatasetInput!) { createDataset(input: $input) { dataset { state } problem { code } } }';
  const upload = { bytes: 5, format: null, sha256: null, multipart: null, images: null };
  const input = { name: 'd', columnTypes: null, columns: null, rows: null, upload };
  expect((await send(plan, { input }, randomUUID()))['data']).toEqual({
    createDataset: { dataset: { state: 'uploading' }, problem: null },
  });
});
