// Kills each service in turn while the API is asked all the time and a run is in progress.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Gradstream, type NewRun } from '@gradstream/sdk';
import { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { prepareDigits } from '../support/digits.js';
import { killService } from '../support/services.js';
import { startSystem, type System } from '../support/system.js';

jest.setTimeout(180_000);

const ASK_MS = 20; // 50 a second.
const DOWN_MS = 2000;
const RECOVERY_MS = 5000;

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
  readonly status: number;
  readonly retryAfter: string | null;
  readonly at: number;
}

/** Asks the API 50 times a second until it is told to stop. */
function ask(paths: readonly string[]): { answers: Answer[]; stop: () => Promise<void> } {
  const answers: Answer[] = [];
  const pending = new Set<Promise<void>>();
  let count = 0;
  const timer = setInterval(() => {
    const at = paths[count++ % paths.length] ?? '';
    const asked = fetch(`${system.url}${at}`, { headers: { authorization: `Bearer ${system.apiKey}` } }).then(
      async (answer) => {
        await answer.arrayBuffer();
        answers.push({
          status: answer.status,
          retryAfter: answer.headers.get('retry-after'),
          at: performance.now(),
        });
      },
    );
    pending.add(asked);
    void asked.finally(() => pending.delete(asked)).catch(() => undefined);
  }, ASK_MS);
  return {
    answers,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(pending);
    },
  };
}

describe.each(['postgres', 'valkey', 's3'])('%s is killed', (service) => {
  test('nothing ends, nothing is lost, and only 503 with Retry-After is answered', async () => {
    const run = await client.runs.create({ ...example, name: `during ${service}`, epochs: 60 });
    const steps: number[] = [];
    const following = (async () => {
      for await (const { points } of client.runs.follow(run.id)) {
        steps.push(...points.filter(({ values }) => 'loss' in values).map(({ step }) => step));
      }
    })();
    while (steps.length === 0) await delay(20);
    const { answers, stop } = ask(['/v1/runs', `/v1/runs/${run.id}`, '/v1/datasets', '/readyz']);
    await killService(service, DOWN_MS);
    const back = performance.now() + DOWN_MS;
    await delay(DOWN_MS + RECOVERY_MS + 1000);
    await stop();
    await following;

    expect(answers.length).toBeGreaterThan(200);
    expect(
      [...new Set(answers.map(({ status }) => status))].filter((status) => status !== 200 && status !== 503),
    ).toEqual([]);
    for (const { status, retryAfter } of answers) if (status === 503) expect(retryAfter).toMatch(/^\d+$/);
    expect(answers.filter(({ status, at }) => status === 503 && at > back + RECOVERY_MS)).toEqual([]);
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

test('a trainer that is killed fails its run with the reason, and the worker goes on', async () => {
  const run = await client.runs.create({ ...example, name: 'killed', epochs: 5000 });
  for await (const { points } of client.runs.follow(run.id)) if (points.length > 0) break;
  const [trainer] = await system.worker.children();
  process.kill(trainer ?? 0, 'SIGKILL');
  for await (const batch of client.runs.follow(run.id)) if (batch.done) break;
  expect(await client.runs.get(run.id)).toMatchObject({
    state: 'failed',
    failure: { code: 'ENGINE_CRASHED', signal: 'SIGKILL' },
  });
  const next = await client.runs.create({ ...example, name: 'after', epochs: 1 });
  for await (const batch of client.runs.follow(next.id)) if (batch.done) break;
  expect((await client.runs.get(next.id)).state).toBe('succeeded');
});
