// Predictions as clients ask for them, on real services, with a worker that is played: what is asked for, and how the
// wait for it ends. With a network: test/e2e.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createDatasetSchema, type StoredAnswer } from '@gradstream/contracts';
import { CheckpointRemoval, Datasets, PredictionWork, type PredictionTask } from '@gradstream/domain';
import { connectRedis, createLog, QUEUE_PREFIX } from '@gradstream/platform';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { startApi, type TestApi } from '../support/app.js';
import { newProject, populate, type Ids } from '../support/projects.js';

jest.setTimeout(60_000);

let api: TestApi;
let ids: Ids;
/** Ends the workers that are played. */
let stopWork = new AbortController();
const redis = connectRedis(process.env['REDIS_URL'] ?? '', createLog('test', 'silent'));

beforeAll(async () => {
  api = await startApi();
  ids = await populate(api, api.principal);
});
beforeEach(loseQueue);
afterEach(() => {
  stopWork.abort();
  stopWork = new AbortController();
});
afterAll(async () => {
  redis.disconnect();
  await api.stop();
});

/** BullMQ's list of the jobs that wait; a job's id is that of its prediction. */
const WAITING = `${QUEUE_PREFIX}:predictions:wait`;

/** Waits until a job waits. */
async function untilQueued(): Promise<void> {
  while ((await redis.llen(WAITING)) === 0) await delay(10);
}

/** Loses the queue. */
async function loseQueue(): Promise<void> {
  const keys = await redis.keys(`${QUEUE_PREFIX}:predictions:*`);
  if (keys.length > 0) await redis.del(keys);
}

/** Takes predictions on, as a worker does, until the test ends. */
function work(answer: (task: PredictionTask) => StoredAnswer): PredictionTask[] {
  const tasks: PredictionTask[] = [];
  const { signal } = stopWork;
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      for (const id of await redis.lrange(WAITING, 0, -1)) {
        const task = await api.app.get(PredictionWork).find(id);
        await redis.lrem(WAITING, 0, id);
        await redis.del(`${QUEUE_PREFIX}:predictions:${id}`);
        if (!task) continue;
        tasks.push(task);
        await api.app.get(PredictionWork).answer(id, answer(task));
      }
      await delay(5);
    }
  };
  void loop();
  return tasks;
}

const numbers = (values: readonly number[], hasMore = false): StoredAnswer => ({
  ok: true,
  hasMore,
  rows: {
    ...{ values: 'numbers', activation: null, classes: null, outputs: [] },
    data: values.map((value) => ({ class: null, probability: null, values: [value] })),
  },
});

const predict = (body: object, checkpoint = ids.checkpoints) =>
  api.call('POST', `/v1/checkpoints/${checkpoint}/predict`, { body });

describe('an answer', () => {
  test('is that of the worker, who gets rows, weights and spec', async () => {
    const tasks = work(() => numbers([1, 2]));
    const { status, body } = await predict({ rows: [[1, 2], { a: 3, b: '4' }] });
    expect([status, body]).toEqual([
      200,
      {
        ...{ checkpointId: ids.checkpoints, runId: ids.runs, step: 2 },
        ...{ values: 'numbers', activation: null, classes: null, outputs: [] },
        ...{ hasMore: false, nextCursor: null },
        data: [1, 2].map((value) => ({ class: null, probability: null, values: [value] })),
      },
    ]);
    expect(tasks).toMatchObject([
      {
        checkpointId: ids.checkpoints,
        weights: { name: 'model.safetensors' },
        spec: { inputColumns: ['a', 'b'] },
        request: { rows: [[1, 2], { a: 3, b: '4' }] },
        dataset: null,
      },
    ]);
  });

  test('is asked for only as long as its client waits, by the clock of Postgres', async () => {
    const asked = predict({ rows: [[1, 2]] });
    await untilQueued();
    const [id = ''] = await redis.lrange(WAITING, 0, -1);
    const db = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
    await db.connect();
    await db.query(`UPDATE predictions SET created_at = now() - interval '12 s' WHERE id = $1`, [id]);
    await db.end();
    const task = await api.app.get(PredictionWork).find(id);
    expect(task?.remainingMs).toBeLessThanOrEqual(30_000 - 12_000);
    expect(task?.remainingMs).toBeGreaterThan(0);
    await api.app.get(PredictionWork).answer(id, numbers([1]));
    expect((await asked).status).toBe(200);
  });

  test('of a dataset goes on where the page before ended', async () => {
    const tasks = work(() => numbers([1, 2], tasks.length < 2));
    const first = await predict({ dataset: ids.datasets, limit: 2 });
    const { hasMore, nextCursor } = first.body;
    const second = await predict({ dataset: ids.datasets, limit: 2, after: nextCursor });
    expect([hasMore, second.body['hasMore'], second.body['nextCursor']]).toEqual([true, false, null]);
    expect(tasks.map(({ request }) => request)).toEqual([
      { from: 0, limit: 2 },
      { from: 2, limit: 2 },
    ]);
    const elsewhere = await predict({ dataset: ids.datasets, after: 'bm8' });
    expect(elsewhere.body['code']).toBe('BAD_CURSOR');
  });

  test('comes by GraphQL as well', async () => {
    work(() => numbers([0.5]));
    const query = `query ($input: PredictInput!) {
      predict(input: $input) { checkpointId values classes data { class probability values } hasMore }
    }`;
    const ask = (input: object) => api.call('POST', '/graphql', { body: { query, variables: { input } } });
    const { body } = await ask({ checkpoint: ids.checkpoints, rows: [{ a: 1, b: 2 }], dataset: null });
    expect(body).toEqual({
      data: {
        predict: {
          ...{ checkpointId: ids.checkpoints, values: 'numbers', classes: null, hasMore: false },
          data: [{ class: null, probability: null, values: [0.5] }],
        },
      },
    });
    const wrong = await ask({ checkpoint: ids.checkpoints });
    expect(wrong.body['errors']).toMatchObject([{ extensions: { code: 'VALIDATION_FAILED' } }]);
  });

  test('is what the worker says of rows at fault, with their places', async () => {
    const errors = [{ pointer: '/rows/0/a', code: 'badValue', message: 'no number' }];
    work(() => ({ ok: false, code: 'VALIDATION_FAILED', message: 'Correct it.', errors }));
    const { status, body } = await predict({ rows: [['x', 2]] });
    expect([status, body['code'], body['errors']]).toEqual([422, 'VALIDATION_FAILED', errors]);
  });

  test('comes although the queue was lost, and is not kept', async () => {
    const asked = predict({ rows: [[1, 2]] });
    await untilQueued();
    await loseQueue();
    const tasks = work(() => numbers([7]));
    expect((await asked).status).toBe(200);
    expect(await api.app.get(PredictionWork).find(tasks[0]?.id ?? '')).toBeNull();
  });
});

describe('refused before anybody works', () => {
  test.each<[string, object, string]>([
    ['no rows', { rows: [] }, '/rows'],
    ['too many rows', { rows: Array.from({ length: 1001 }, () => [1, 2]) }, '/rows'],
    ['a row that is none', { rows: [1] }, '/rows/0'],
    ['too many rows of a page', { dataset: `ds_${'0'.repeat(32)}`, limit: 1001 }, '/limit'],
  ])('%s', async (_, body, pointer) => {
    const answer = await predict(body);
    expect([answer.status, answer.body['code']]).toEqual([422, 'VALIDATION_FAILED']);
    expect(answer.body['errors']).toEqual([expect.objectContaining({ pointer })]);
  });

  test('both rows and a dataset, more than 1 MiB, and a dataset that is not there or not ready', async () => {
    const both = await predict({ rows: [[1, 2]], dataset: ids.datasets });
    expect(both.body['code']).toBe('VALIDATION_FAILED');
    const large = await predict({ rows: [[1, 'x'.repeat(2 ** 20)]] });
    expect([large.status, large.body['code']]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    const absent = await predict({ dataset: `ds_${'0'.repeat(32)}` });
    expect(absent.body['code']).toBe('NOT_FOUND');
    const input = createDatasetSchema.parse({ name: 'd', columns: ['a'], rows: [[1]] });
    const { id } = await api.app.get(Datasets).create(api.principal, input);
    const early = await predict({ dataset: id });
    expect(early.body['code']).toBe('DATASET_NOT_READY');
  });

  test('a dataset of another project', async () => {
    const other = await newProject(api);
    const theirs = await populate(api, other.principal);
    expect((await predict({ dataset: theirs.datasets })).body['code']).toBe('NOT_FOUND');
    expect((await predict({ rows: [[1, 2]] }, theirs.checkpoints)).body['code']).toBe('NOT_FOUND');
    const query = `query ($id: ID!) { predict(input: { checkpoint: $id, rows: [[1, 2]] }) { step } }`;
    const { body } = await api.call('POST', '/graphql', {
      body: { query, variables: { id: theirs.checkpoints } },
    });
    expect(body['errors']).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  });
});

describe('without an answer', () => {
  test('a checkpoint that is deleted meanwhile is not found', async () => {
    const { checkpoints } = await populate(api, api.principal);
    const asked = predict({ rows: [[1, 2]] }, checkpoints);
    await loseQueue();
    await untilQueued();
    await api.app.get(CheckpointRemoval).remove(api.principal, checkpoints);
    expect((await asked).body['code']).toBe('NOT_FOUND');
  });

  test('the wait ends, and no more may wait than the limit', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => predict({ rows: [[1, 2]] })));
    const told = answers.map(({ status, body, headers }) => [
      status,
      body['code'],
      headers.get('retry-after'),
    ]);
    const [full, late] = [
      [503, 'PREDICTION_QUEUE_FULL', '2'],
      [504, 'PREDICTION_TIMEOUT', '5'],
    ];
    for (const one of told) expect([full, late]).toContainEqual(one);
    const waited = told.filter(([status]) => status === 504).length;
    // The 12 connections to Postgres may count at the same time.
    expect(waited).toBeGreaterThanOrEqual(64);
    expect(waited).toBeLessThan(64 + 12);
  });
});
