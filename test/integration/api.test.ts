// What every endpoint does with bad input, and what all answers have in common.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { startApi, type TestApi } from '../support/app.js';
import { definition } from '../support/runs.js';
import { init, subscribe, talk } from '../support/socket.js';

let api: TestApi;

beforeAll(async () => {
  api = await startApi({ ALLOWED_ORIGINS: 'https://friend.example' });
});
afterAll(async () => {
  await api.stop();
});

const dataset = {
  name: 'xor',
  columns: ['a', 'b', 'y'],
  rows: [
    [0, 0, 0],
    [0, 1, 1],
  ],
};

describe('bad requests are problem+json', () => {
  const id = '0'.repeat(32);
  test.each([
    ['malformed JSON', 'POST', '/v1/models', { raw: '{"a":' }, 400, 'MALFORMED_JSON'],
    ['an unknown field', 'POST', '/v1/apiKeys', { body: { name: 'a', colour: 1 } }, 422, 'VALIDATION_FAILED'],
    [
      'another content type',
      'POST',
      '/v1/models',
      { raw: 'a', headers: { 'content-type': 'text/plain' } },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'a form',
      'POST',
      '/v1/models',
      { raw: 'name=m', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['no body, of type JSON', 'POST', '/v1/models', { raw: '' }, 422, 'VALIDATION_FAILED'],
    [
      'a deletion that says it sends JSON',
      'DELETE',
      `/v1/models/mdl_${id}`,
      { headers: { 'content-type': 'application/json' } },
      404,
      'NOT_FOUND',
    ],
    [
      'a text that is no JSON',
      'POST',
      '/v1/models',
      { body: { name: 'm', definition: '{' } },
      422,
      'VALIDATION_FAILED',
    ],
    [
      'a body over the limit',
      'POST',
      '/v1/models',
      { raw: `"${'a'.repeat(17 * 2 ** 20)}"` },
      413,
      'PAYLOAD_TOO_LARGE',
    ],
    ['a bad cursor', 'GET', '/v1/runs?after=garbage', {}, 400, 'BAD_CURSOR'],
    [
      "another list's cursor",
      'GET',
      `/v1/runs?after=${Buffer.from('["models","mdl_1"]').toString('base64url')}`,
      {},
      400,
      'BAD_CURSOR',
    ],
    ['a limit beyond 100', 'GET', '/v1/runs?limit=101', {}, 422, 'VALIDATION_FAILED'],
    ['no key', 'GET', '/v1/runs', { key: null }, 401, 'UNAUTHENTICATED'],
    ['a wrong key', 'GET', '/v1/runs', { key: 'gs_aaaaaaaa_bbb' }, 401, 'UNAUTHENTICATED'],
    ['an unknown path', 'GET', '/v1/nothing', {}, 404, 'NOT_FOUND'],
    ['an unknown id', 'GET', `/v1/runs/run_${id}`, {}, 404, 'NOT_FOUND'],
    ['a malformed id', 'GET', '/v1/runs/1%27--', {}, 404, 'NOT_FOUND'],
    ['ragged rows', 'POST', '/v1/datasets', { body: { ...dataset, rows: [[1]] } }, 422, 'VALIDATION_FAILED'],
    [
      'a model that cannot be built',
      'POST',
      '/v1/models',
      {
        body: {
          name: 'm',
          definition: { class_name: 'Sequential', config: { layers: [{ class_name: 'Magic', config: {} }] } },
        },
      },
      422,
      'MODEL_INVALID',
    ],
    [
      'a run of a dataset that is not there',
      'POST',
      '/v1/runs',
      {
        body: {
          dataset: `ds_${id}`,
          model: `mdl_${id}`,
          inputs: [{ all: true }],
          target: { column: 'y', task: 'classification' },
          loss: 'sparseCategoricalCrossentropy',
        },
      },
      422,
      'RUN_INVALID',
    ],
    [
      'a bad idempotency key',
      'POST',
      '/v1/apiKeys',
      { body: { name: 'a' }, headers: { 'idempotency-key': 'a b' } },
      422,
      'VALIDATION_FAILED',
    ],
  ])('%s', async (_, method, path, options, status, code) => {
    const answer = await api.call(method, path, options);
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({
      status,
      title: expect.any(String),
      detail: expect.any(String),
      requestId: answer.headers.get('x-request-id'),
    });
  });

  test('every wrong field has its pointer', async () => {
    const { body } = await api.call('POST', '/v1/runs', {
      body: { dataset: 'x', inputs: [{}], target: {}, loss: 'magic', epochs: 0, colour: 1 },
    });
    const pointers = (body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(pointers).toEqual(
      expect.arrayContaining([
        '/dataset',
        '/inputs/0',
        '/target/column',
        '/target/task',
        '/loss',
        '/epochs',
        '/model',
        '/colour',
      ]),
    );
  });
});

test('a definition may be the text that Keras returns, in REST and GraphQL', async () => {
  const input = { name: 'm', definition: JSON.stringify(definition) };
  const { body } = await api.call('POST', '/v1/models/validate', { body: input });
  expect(body['ok']).toBe(true);
  const query = 'query ($input: CreateModelInput!) { validateModel(input: $input) { ok } }';
  const answer = await api.call('POST', '/graphql', { body: { query, variables: { input } } });
  expect(answer.body).toEqual({ data: { validateModel: { ok: true } } });
});

describe('Idempotency-Key', () => {
  const post = (body: object, key: string) =>
    api.call('POST', '/v1/apiKeys', { body, headers: { 'idempotency-key': key } });

  test('the same request gets the first answer, another one is refused', async () => {
    const first = await post({ name: 'once' }, 'key-1');
    expect(await post({ name: 'once' }, 'key-1')).toMatchObject({ status: 201, body: first.body });
    expect((await post({ name: 'twice' }, 'key-1')).body['code']).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  test('of ten at once, one does the work', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => post({ name: 'race' }, 'key-2')));
    expect(new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body['id'])).size).toBe(
      1,
    );
    for (const { status } of answers) expect([201, 409]).toContain(status);
    const { body } = await api.call('GET', '/v1/apiKeys?limit=100');
    expect((body['data'] as { name: string }[]).filter(({ name }) => name === 'race')).toHaveLength(1);
  });

  test('a refused request gives its key back', async () => {
    expect((await post({ name: '' }, 'key-3')).status).toBe(422);
    expect((await post({ name: 'right' }, 'key-3')).status).toBe(201);
  });
});

test('health, metrics, documentation and request ids', async () => {
  expect((await api.call('GET', '/readyz', { key: null })).body).toEqual({
    status: 'ok',
    services: { postgres: true, redis: true, s3: true },
    missing: [],
  });
  expect((await api.call('GET', '/livez', { key: null })).status).toBe(200);
  expect((await api.call('GET', '/metrics', { key: null })).body['text']).toContain(
    'gradstream_http_request_seconds_bucket',
  );
  expect((await api.call('GET', '/openapi.json', { key: null })).body).toMatchObject({ openapi: '3.1.0' });
  const docs = await api.call('GET', '/docs/', { key: null });
  expect(docs.body['text']).not.toMatch(/https?:\/\/(?!127\.0\.0\.1)/);
  expect(docs.headers.get('content-security-policy')).toContain("script-src 'self'");
  expect(
    (await api.call('GET', '/livez', { headers: { 'x-request-id': 'my-request-1' } })).headers.get(
      'x-request-id',
    ),
  ).toBe('my-request-1');
  expect(
    (await api.call('GET', '/livez', { headers: { 'x-request-id': 'a\tb' } })).headers.get('x-request-id'),
  ).toMatch(/^[0-9a-f-]{36}$/);
});

describe('GraphQL', () => {
  const query = (text: string, key: string | null = api.apiKey) =>
    api.call('POST', '/graphql', { body: { query: text }, key });
  const codes = (body: Record<string, unknown>): unknown[] =>
    (body['errors'] as { extensions: { code: string } }[]).map(({ extensions }) => extensions.code);

  test("graphql-http's audit finds no error", async () => {
    const audits = serverAudits({ url: `${api.url}/graphql`, fetchFn: fetch });
    const results = await Promise.all(audits.map((audit) => audit.fn()));
    expect(results.length).toBeGreaterThan(50);
    expect(results.filter(({ status }) => status === 'error')).toEqual([]);
  });

  test.each([
    [
      'depth',
      `{ __typename ${'runs { nodes { checkpoints { nodes { '.repeat(4)} id ${'} } } }'.repeat(4)} }`,
    ],
    ['aliases', `{ ${Array.from({ length: 31 }, (_, i) => `a${i}: __typename`).join(' ')} }`],
    ['cost', '{ runs(first: 100) { nodes { checkpoints(first: 100) { nodes { id } } } } }'],
    // 20 runs of 20 checkpoints with 13 fields each, for lists have their default length: 5,661.
    [
      'cost without a length',
      `{ runs { nodes { checkpoints { nodes { ${'id step epoch bytes sha256 attempt createdAt '.repeat(2)} } } } } }`,
    ],
    [
      'cost in fragments',
      '{ runs(first: 100) { ...a } } fragment a on RunConnection { nodes { checkpoints(first: 100) { nodes { id } } } }',
    ],
    ['tokens', `{ ${'__typename '.repeat(2001)} }`],
  ])('too much %s is refused, over HTTP and WebSocket', async (_, text) => {
    const { body, status } = await query(text);
    expect(status).toBeLessThan(500);
    expect(codes(body)).toContain('QUERY_TOO_COMPLEX');
    const { answer } = await talk(api.url, [init(api.apiKey), subscribe(text)]);
    expect(answer).toMatchObject({ type: 'error' });
    expect(JSON.stringify(answer)).toContain('QUERY_TOO_COMPLEX');
  });

  test('lists of introspection inside each other are refused, over HTTP and WebSocket', async () => {
    const text = `{ __schema { types { ${'fields { type { '.repeat(4)} name ${'} }'.repeat(4)} } } }`;
    expect(codes((await query(text)).body)).toContain('GRAPHQL_INVALID');
    const { answer } = await talk(api.url, [init(api.apiKey), subscribe(text)]);
    expect(JSON.stringify(answer)).toContain('GRAPHQL_INVALID');
  });

  test('every error has a code of the catalogue and the request id, over HTTP and WebSocket', async () => {
    for (const [text, code] of [
      ['{', 'GRAPHQL_INVALID'],
      ['{ nothing }', 'GRAPHQL_INVALID'],
      ['{ runs(first: 0) { nodes { id } } }', 'VALIDATION_FAILED'],
      ['{ runs(after: "x") { nodes { id } } }', 'BAD_CURSOR'],
    ] as const) {
      const { body, headers } = await query(text);
      const extensions = { code, requestId: headers.get('x-request-id') };
      expect(body['errors']).toEqual([
        expect.objectContaining({ extensions: expect.objectContaining(extensions) }),
      ]);
      const { answer } = await talk(api.url, [init(api.apiKey), subscribe(text)]);
      const said = JSON.stringify(answer);
      expect(said).toContain(`"code":"${code}"`);
      expect(said).toMatch(/"requestId":"[0-9a-f-]{36}"/);
    }
  });

  test('no key is an error with a code, and introspection needs none', async () => {
    expect(codes((await query('{ runs { nodes { id } } }', null)).body)).toEqual(['UNAUTHENTICATED']);
    expect((await query('{ __schema { queryType { name } } }', null)).body['errors']).toBeUndefined();
    expect((await query(`{ run(id: "run_${'0'.repeat(32)}") { id } }`)).body).toEqual({
      data: { run: null },
    });
  });
});

describe('WebSocket', () => {
  test('a wrong key is closed with 4403, a foreign origin is not let in; our own and a listed one are', async () => {
    expect(await talk(api.url, [init('gs_no')])).toMatchObject({ heard: [], code: 4403 });
    await expect(talk(api.url, [init(api.apiKey)], { origin: 'https://evil.example' })).rejects.toThrow(
      '403',
    );
    await expect(talk(api.url, [init(api.apiKey)], { origin: 'null' })).rejects.toThrow('403');
    const none = subscribe(`subscription { runEvents(runId: "run_${'0'.repeat(32)}") { done } }`);
    for (const origin of [api.url, 'https://friend.example']) {
      const { heard } = await talk(api.url, [init(api.apiKey), none], { origin });
      expect(heard[0]).toMatchObject({ type: 'connection_ack' });
      expect(JSON.stringify(heard)).toContain('NOT_FOUND');
    }
  });
});
