// Kills each service in turn while the API is asked all the time and a run is in progress.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Gradstream, type NewRun } from '@gradstream/sdk';
import { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { prepareDigits } from '../support/digits.js';
import { definition } from '../support/runs.js';
import { untilTrains } from '../support/history.js';
import { killService } from '../support/services.js';
import { startSystem, type System } from '../support/system.js';

jest.setTimeout(180_000);

const ASK_MS = 20; // 50 a second.
const MAKE_MS = 100;
const DOWN_MS = 3000;
/** How long it is watched after the service is back. */
const AFTER_MS = 2000;

let system: System;
let client: Gradstream;
let example: NewRun;

beforeAll(async () => {
  system = await startSystem();
  client = new Gradstream({ url: system.url, apiKey: system.apiKey, retries: 30 });
  example = await prepareDigits(client);
});
afterAll(async () => {
  await system.stop();
});

interface Answer {
  readonly path: string;
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: string;
  /** When it was asked for. */
  readonly askedAt: number;
}

/** Asks the API 50 times a second until it is told to stop, which throws when a request had no answer. */
function ask(paths: readonly string[]): { answers: Answer[]; stop: () => Promise<void> } {
  const answers: Answer[] = [];
  const asked: Promise<void>[] = [];
  const send = async (path: string): Promise<void> => {
    const askedAt = performance.now();
    const headers = { authorization: `Bearer ${system.apiKey}` };
    const answer = await fetch(`${system.url}${path}`, { headers });
    const { status } = answer;
    const retryAfter = answer.headers.get('retry-after');
    answers.push({ path, status, retryAfter, body: await answer.text(), askedAt });
  };
  const timer = setInterval(() => {
    const sent = send(paths[asked.length % paths.length] ?? '');
    sent.catch(() => undefined); // Thrown by stop().
    asked.push(sent);
  }, ASK_MS);
  return {
    answers,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(asked);
    },
  };
}

/** Makes models one after the other, each with an Idempotency-Key, until it is told to stop; answers with their ids. */
function make(prefix: string): { stop: () => Promise<string[]> } {
  const made: Promise<{ id: string }>[] = [];
  const timer = setInterval(() => {
    const model = client.models.create({ name: `${prefix} ${made.length}`, definition });
    model.catch(() => undefined); // Thrown by stop().
    made.push(model);
  }, MAKE_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      return (await Promise.all(made)).map(({ id }) => id);
    },
  };
}

/** Ids of all models with a name like this. */
async function findModels(prefix: string): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | undefined; ;) {
    const page = await client.models.list({ limit: 100, ...(after === undefined ? {} : { after }) });
    ids.push(...page.data.filter(({ name }) => name.startsWith(prefix)).map(({ id }) => id));
    if (page.nextCursor === null) return ids;
    after = page.nextCursor;
  }
}

/** Waits until nothing is missing any more. */
async function untilWhole(): Promise<void> {
  for (;;) {
    const answer = await fetch(`${system.url}/readyz`);
    if (((await answer.json()) as { missing: string[] }).missing.length === 0) return;
    await delay(ASK_MS);
  }
}

describe.each([
  ['postgres', ['/v1/runs', '/readyz']],
  ['valkey', ['/readyz']],
  ['s3', []], // Only what lies there needs it.
])('%s is killed', (service, needing) => {
  test('nothing ends, nothing is lost or doubled, and only 503 with Retry-After is answered', async () => {
    const run = await client.runs.create({ ...example, name: `during ${service}`, epochs: 60 });
    const steps: number[] = [];
    const following = (async () => {
      for await (const { points } of client.runs.follow(run.id)) {
        steps.push(...points.filter(({ values }) => 'loss' in values).map(({ step }) => step));
      }
    })();
    while (steps.length === 0) await delay(20);
    const { answers, stop } = ask(['/v1/runs', `/v1/runs/${run.id}`, '/v1/datasets', '/readyz']);
    const making = make(run.id);
    await killService(service, DOWN_MS);
    await delay(DOWN_MS);
    await untilWhole();
    const wholeAt = performance.now();
    await delay(AFTER_MS);
    const made = await making.stop();
    await stop();
    await following;

    const isDown = ({ status }: Answer): boolean => status === 503;
    for (const path of needing)
      expect(answers.filter((answer) => answer.path === path && isDown(answer))).not.toEqual([]);
    const named = service === 'valkey' ? 'redis' : service;
    const missing = new RegExp(`"missing":\\[[^\\]]*"${named}"`);
    expect(answers.some(({ body }) => missing.test(body))).toBe(true); // It was away indeed.
    expect(answers.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
    for (const { retryAfter } of answers.filter(isDown)) expect(retryAfter).toMatch(/^\d+$/);
    // Whether a service answers within a second, which /readyz asks, is a matter of load as well.
    const after = answers.filter(({ path, askedAt }) => path !== '/readyz' && askedAt > wholeAt);
    expect(new Set(after.map(({ status }) => status))).toEqual(new Set([200]));
    expect(made.length).toBeGreaterThan(10);
    expect((await findModels(`${run.id} `)).sort()).toEqual([...made].sort());
    expect([system.api.running, system.worker.running]).toEqual([true, true]);

    const ended = await client.runs.get(run.id);
    expect([ended.state, ended.attempt]).toEqual(['succeeded', 1]);
    expect(steps).toEqual(Array.from({ length: ended.totalSteps ?? 0 }, (_, i) => i + 1));
    expect((await client.runs.checkpoints(run.id, { limit: 100 })).data).toHaveLength(60);
  });
});

test('a queue that was emptied loses nothing', async () => {
  const running = await client.runs.create({ ...example, name: 'running', epochs: 40 });
  const queued = await client.runs.create({ ...example, name: 'queued', epochs: 1 });
  const redis = new Redis(process.env['REDIS_URL'] ?? '');
  await redis.flushall();
  redis.disconnect();
  for (const { id } of [running, queued]) {
    for await (const batch of client.runs.follow(id)) if (batch.done) break;
    expect(await client.runs.get(id)).toMatchObject({ state: 'succeeded', attempt: 1 });
  }
});

test('a trainer that is killed three times fails its run with the reason, and the worker goes on', async () => {
  const run = await client.runs.create({ ...example, name: 'killed', epochs: 5000 });
  for (const attempt of [1, 2, 3]) {
    await untilTrains(client, run.id, attempt);
    const [trainer] = await system.worker.children();
    process.kill(trainer ?? 0, 'SIGKILL');
  }
  for await (const batch of client.runs.follow(run.id)) if (batch.done) break;
  expect(await client.runs.get(run.id)).toMatchObject({
    state: 'failed',
    attempt: 3,
    failure: { code: 'ENGINE_CRASHED', signal: 'SIGKILL' },
  });
  const next = await client.runs.create({ ...example, name: 'after', epochs: 1 });
  for await (const batch of client.runs.follow(next.id)) if (batch.done) break;
  expect((await client.runs.get(next.id)).state).toBe('succeeded');
});
