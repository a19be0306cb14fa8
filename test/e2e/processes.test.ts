// Two API processes on the same services, as behind a load balancer: neither knows what the other one remembers.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Gradstream, type NewRun } from '@gradstream/sdk';
import { createClient } from 'graphql-ws';
import { randomUUID } from 'node:crypto';
import { startApiProcess, startSystem, type ApiProcess, type System } from '../support/system.js';

jest.setTimeout(120_000);

let one: System;
let two: ApiProcess;

beforeAll(async () => {
  one = await startSystem({ LOG_LEVEL: 'trace' });
  two = await startApiProcess({ LOG_LEVEL: 'trace' });
});
afterAll(async () => {
  await two.stop();
  await one.stop();
});

/** A client of each process, with the same key. */
const clients = (apiKey = one.apiKey): [Gradstream, Gradstream] => [
  new Gradstream({ url: one.url, apiKey }),
  new Gradstream({ url: two.url, apiKey }),
];

const definition = {
  class_name: 'Sequential',
  config: {
    layers: [
      { class_name: 'InputLayer', config: { batch_shape: [null, 2] } },
      { class_name: 'Dense', config: { name: 'out', units: 2, activation: 'softmax' } },
    ],
  },
};

/** Posts JSON until the answer is no longer that the first request is still being answered. */
async function post(url: string, path: string, body: object, idempotencyKey: string): Promise<Response> {
  for (;;) {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${one.apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey,
      },
      body: JSON.stringify(body),
    });
    if (answer.status !== 409) return answer;
    expect(answer.headers.get('retry-after')).toBe('1');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('an idempotency key used against both at once makes one thing, and gives one answer', async () => {
  for (let round = 0; round < 5; round++) {
    const name = `twice ${randomUUID()}`;
    const key = randomUUID();
    const sent = [one.url, two.url, one.url, two.url].map((url) =>
      post(url, '/v1/models', { name, definition }, key),
    );
    const answers = await Promise.all(
      (await Promise.all(sent)).map(async (answer) => ({
        status: answer.status,
        location: answer.headers.get('location'),
        body: await answer.text(),
      })),
    );
    expect(answers[0]?.status).toBe(201);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    const { data } = await clients()[1].models.list({ limit: 100 });
    expect(data.filter((model) => model.name === name)).toHaveLength(1);
  }
});

test('cursors of one are good for the other', async () => {
  const [first, second] = clients();
  for (let i = 0; i < 4; i++) await first.models.create({ name: `cursor ${i}`, definition });
  const all = await second.models.list({ limit: 100 });
  const page = await first.models.list({ limit: 2 });
  const next = await second.models.list({ limit: 2, after: page.nextCursor ?? '' });
  expect([...page.data, ...next.data]).toEqual(all.data.slice(0, 4));
});

/** The settings of a run of twenty rows. */
async function prepareRun(client: Gradstream): Promise<NewRun> {
  const rows = Array.from({ length: 20 }, (_, i) => [i % 5, i % 3, i % 2]);
  const made = await client.datasets.create({ name: 'd', columns: ['a', 'b', 'y'], rows });
  return {
    dataset: (await client.datasets.untilChecked(made.id)).id,
    model: definition,
    inputs: [{ columns: ['a', 'b'] }],
    target: { column: 'y', task: 'classification' },
    loss: 'sparseCategoricalCrossentropy',
    batchSize: 16,
    epochs: 30,
  };
}

test('a run made through one is followed through the other, to its end, once, in order', async () => {
  const [first, second] = clients();
  const { id: run } = await first.runs.create(await prepareRun(first));
  const points: { seq: number; step: number; isTraining: boolean }[] = [];
  const cursors: { cursor: string; seen: number }[] = [];
  for await (const { points: more, cursor } of second.runs.follow(run)) {
    points.push(...more.map(({ seq, step, values }) => ({ seq, step, isTraining: 'loss' in values })));
    cursors.push({ cursor, seen: points.length });
  }
  const ended = await first.runs.get(run);
  expect(ended.state).toBe('succeeded');
  const steps = points.filter(({ isTraining }) => isTraining).map(({ step }) => step);
  expect(steps).toEqual(Array.from({ length: ended.totalSteps ?? 0 }, (_, i) => i + 1));
  // Where one process has come to, the other one goes on.
  for (const { cursor, seen } of cursors) {
    const rest = await first.runs.metrics(run, { after: cursor });
    expect(rest.points.map(({ seq }) => seq)).toEqual(points.slice(seen).map(({ seq }) => seq));
  }
});

test('no key reaches the log, whatever is done with it', async () => {
  const [first] = clients();
  const { secret } = await first.keys.create({ name: 'logged', scopes: ['read', 'write'] });
  const wrong = secret.slice(0, -3) + 'xyz';
  for (const key of [secret, wrong]) {
    for (const path of [`/v1/models?apiKey=${key}`, `/v1/models/${key}`, `/${key}`, '/v1/runs']) {
      for (const headers of [{ authorization: `Bearer ${key}` }, { 'x-api-key': key, cookie: `key=${key}` }])
        await fetch(`${two.url}${path}`, { headers });
    }
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    for (const body of [
      `{"query":"{ ${key} }"}`,
      `{"name":"${key}"`,
      JSON.stringify({ query: '{ runs { nodes { id } } }' }),
    ]) {
      for (const path of ['/graphql', '/v1/models'])
        await fetch(`${two.url}${path}`, { method: 'POST', headers, body });
    }
    const socket = createClient({
      url: `${two.url.replace('http', 'ws')}/graphql`,
      connectionParams: { authorization: `Bearer ${key}` },
      retryAttempts: 0,
    });
    const results = socket.iterate({ query: `subscription { runEvents(runId: "${key}") { done } }` });
    await results.next().catch(() => undefined); // A wrong key closes the connection.
    await socket.dispose();
  }
  expect(two.api.output.split('\n').length).toBeGreaterThan(20);
  expect(two.api.output).toContain('"route":"/v1/models"');
  for (const output of [two.api.output, one.worker.output]) {
    expect(output).not.toContain(secret);
    expect(output).not.toContain(wrong);
    expect(output).not.toContain(one.apiKey);
  }
});

/** Settings of runs that stay queued, for the worker is gone: nothing but what a test does ends their streams. */
let queued: NewRun;

describe('without a worker', () => {
  beforeAll(async () => {
    queued = await prepareRun(clients()[0]);
    await one.worker.stop();
  });

  test('a key revoked through one is refused by the other from the next request on', async () => {
    const [first, second] = clients();
    const { id, secret } = await first.keys.create({ name: 'short', scopes: ['read'] });
    const withKey = clients(secret);
    await withKey[1].models.list();
    await first.keys.revoke(id);
    for (const client of withKey) {
      await expect(client.models.list()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    await second.models.list();
  });

  // Open streams look at their key every three seconds: that, and a query, is how long one outlives it.
  test('a key revoked through one ends open streams of the other with UNAUTHENTICATED', async () => {
    const [first] = clients();
    const { id: run } = await first.runs.create(queued);
    const { id, secret } = await first.keys.create({ name: 'short', scopes: ['read'] });
    const socket = createClient({
      url: `${two.url.replace('http', 'ws')}/graphql`,
      connectionParams: { authorization: `Bearer ${secret}` },
      retryAttempts: 0,
    });
    const query = 'subscription ($runId: ID!) { runEvents(runId: $runId) { events { seq } } }';
    const events = socket.iterate({ query, variables: { runId: run } });
    const last = events.next();
    const stream = await fetch(`${two.url}/v1/runs/${run}/stream`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    expect(stream.status).toBe(200);
    const followed = (async () => {
      const batches = clients(secret)[1].runs.follow(run);
      for await (const { done } of batches) if (done) break;
    })();
    const refused = expect(followed).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await first.keys.revoke(id);
    expect(JSON.stringify(await last)).toContain('"UNAUTHENTICATED"');
    expect(await stream.text()).toContain('"code":"UNAUTHENTICATED"');
    await refused;
    await socket.dispose();
    await first.runs.cancel(run);
  });

  test('a process that stops while streams are open ends them, and tells clients to come back', async () => {
    const [first] = clients();
    const made = await first.runs.create(queued);
    const three = await startApiProcess();
    const connectionParams = { authorization: `Bearer ${one.apiKey}` };
    const closed = new Promise<unknown>((resolve) => {
      const socket = createClient({
        url: `${three.url.replace('http', 'ws')}/graphql`,
        connectionParams,
        retryAttempts: 0,
        on: { closed: resolve },
      });
      const query = `subscription { runEvents(runId: "${made.id}") { done } }`;
      socket.subscribe(
        { query },
        { next: () => undefined, error: () => undefined, complete: () => undefined },
      );
    });
    const stream = await fetch(`${three.url}/v1/runs/${made.id}/stream`, { headers: connectionParams });
    await three.stop(); // Throws when it takes 25 seconds.
    expect(three.api.child.exitCode ?? three.api.child.signalCode).toBe('SIGTERM');
    expect(await closed).toMatchObject({ code: 1001 }); // RFC 6455, section 7.4.1: going away.
    expect(await stream.text()).toContain(': open'); // It ended whole: it was not cut.
    await first.runs.cancel(made.id);
  });
});
