// Frames and the feed, on real Postgres: sequences, rewinds, and what a lost answer must not do; what preflight refuses.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDatasetSchema, createRunSchema, type CreateRun, type NewFrame } from '@gradstream/contracts';
import { Database } from '@gradstream/data';
import { Attempts, Datasets, RunFeed, Runs, type ClaimedAttempt } from '@gradstream/domain';
import { sql } from 'kysely';
import { startApi, type TestApi } from '../support/app.js';
import { playCheck } from '../support/checks.js';

let api: TestApi;
let datasetId = '';

const definition = {
  class_name: 'Sequential',
  config: {
    layers: [
      { class_name: 'InputLayer', config: { batch_shape: [null, 2] } },
      { class_name: 'Dense', config: { name: 'out', units: 2, activation: 'softmax' } },
    ],
  },
};

/** A spec that fits the dataset. */
const specOf = (changes: object = {}): CreateRun =>
  createRunSchema.parse({
    dataset: datasetId,
    model: definition,
    inputs: [{ columns: ['a', 'b'] }],
    target: { column: 'y', task: 'classification' },
    loss: 'sparseCategoricalCrossentropy',
    ...changes,
  });

beforeAll(async () => {
  api = await startApi();
  const rows = Array.from({ length: 20 }, (_, i) => [i, i % 3, i % 2]);
  const datasets = api.app.get(Datasets);
  const made = await datasets.create(
    api.principal,
    createDatasetSchema.parse({ name: 'd', columns: ['a', 'b', 'y'], rows }),
  );
  datasetId = made.id;
  await playCheck(api, made.id);
});
afterAll(async () => {
  await api.stop();
});

const attempts = (): Attempts => api.app.get(Attempts);
const feed = (): RunFeed => api.app.get(RunFeed);

/** A run that was just made. */
const newRun = async (): Promise<string> => (await api.app.get(Runs).create(api.principal, specOf())).id;

/** A run that a worker has taken on. */
async function claimed(worker = 'w1'): Promise<ClaimedAttempt> {
  const claim = await attempts().claim(await newRun(), worker);
  if (!claim) throw new Error('the run was not claimed');
  return claim;
}

/** A metrics frame of a step. */
const frame = (step: number, loss = step): NewFrame => ({
  kind: 'metrics',
  step,
  epoch: 1,
  time: new Date().toISOString(),
  series: ['loss'],
  values: [loss],
  event: null,
});

/** Makes an attempt look as if its worker had not been heard of for a minute. */
async function silence(runId: string): Promise<void> {
  const database = api.app.get(Database);
  await database.asSystem(() =>
    sql`UPDATE run_attempts SET heartbeat_at = now() - interval '1 minute' WHERE run_id = ${runId}`.execute(
      database.query,
    ),
  );
}

describe('preflight', () => {
  test.each([
    [
      'a target that is not there',
      { target: { column: 'z', task: 'classification' } },
      '/target/column',
      'unknownColumn',
    ],
    [
      'an input that is not there',
      { inputs: [{ columns: ['a', 'q'] }] },
      '/inputs/0/columns/1',
      'unknownColumn',
    ],
    [
      'the target among the inputs',
      { inputs: [{ columns: ['a', 'y'] }] },
      '/inputs/0/columns',
      'targetAmongInputs',
    ],
    ['too few columns for the model', { inputs: [{ columns: ['a'] }] }, '/inputs/0/columns', 'inputShape'],
    ['a loss of another task', { loss: 'hinge' }, '/loss', 'lossTask'],
    [
      'as many classes as the model has not',
      { target: { column: 'b', task: 'classification' }, inputs: [{ columns: ['a', 'y'] }] },
      '/model',
      'outputUnits',
    ],
    ['a split without rows', { split: { train: 0.99, validation: 0.01 } }, '/split', 'tooFewRows'],
  ])('%s is refused with its place', async (_, changes, pointer, code) => {
    const { ok, problems } = await api.app.get(Runs).validate(api.principal, specOf(changes));
    expect(ok).toBe(false);
    expect(problems).toContainEqual(expect.objectContaining({ pointer, code, hint: expect.any(String) }));
  });

  test('a model inside the run has its pointers there', async () => {
    const broken = { ...definition, class_name: 'Subclassed' };
    await expect(api.app.get(Runs).create(api.principal, specOf({ model: broken }))).rejects.toMatchObject({
      code: 'RUN_INVALID',
      errors: [expect.objectContaining({ pointer: '/model/class_name' })],
    });
  });
});

describe('frames', () => {
  test('a write whose answer was lost is not stored twice', async () => {
    const run = await claimed();
    const after = await attempts().position(run);
    const end = await attempts().appendFrames(run, [frame(1), frame(2)], after);
    expect(await attempts().appendFrames(run, [frame(1), frame(2)], after)).toBe(end);
    expect((await feed().metrics(api.principal, run.runId)).points.map(({ step }) => step)).toEqual([1, 2]);
  });

  test('two who append at once leave no gap and no double', async () => {
    const run = await claimed();
    /** Ten writes of some frames each; one that finds another writer ahead of it tries again. */
    const append = async (size: number): Promise<void> => {
      for (let written = 0; written < 10;) {
        const after = await attempts().position(run);
        const frames = Array.from({ length: size }, (_, i) => frame(100 * size + written * size + i));
        await attempts()
          .appendFrames(run, frames, after)
          .then(
            () => written++,
            (error: unknown) => {
              expect(error).toMatchObject({ code: 'CONFLICT' });
            },
          );
      }
    };
    await Promise.all([append(2), append(3)]);
    const database = api.app.get(Database);
    const { rows } = await database.asSystem(() =>
      sql<{ seq: number }>`SELECT seq FROM run_frames WHERE run_id = ${run.runId} ORDER BY seq`.execute(
        database.query,
      ),
    );
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: rows.length }, (_, i) => i + 1));
    expect(rows.length).toBe(51); // Ten times two and three, and the event of the claim.
  });

  test('NaN and the infinities come back as they went', async () => {
    const run = await claimed();
    await attempts().appendFrames(
      run,
      [{ ...frame(1), series: ['a', 'b', 'c', 'd'], values: [Number.NaN, Infinity, -Infinity, 0.1] }],
      await attempts().position(run),
    );
    const { points } = await feed().metrics(api.principal, run.runId);
    expect(points[0]?.values).toEqual({ a: 'NaN', b: 'Infinity', c: '-Infinity', d: 0.1 });
  });

  test('after a rewind each step is there once, and a reader is told to go back', async () => {
    const old = await claimed();
    await attempts().appendFrames(old, [frame(1, 10), frame(2, 20)], await attempts().position(old));
    const before = await feed().metrics(api.principal, old.runId);
    await silence(old.runId);
    const renewed = await attempts().claim(old.runId, 'w2');
    if (!renewed) throw new Error('not claimed');
    await attempts().appendFrames(renewed, [frame(1, 11)], await attempts().position(renewed));
    const all = await feed().metrics(api.principal, old.runId);
    expect(all.points.map(({ step, values }) => [step, values['loss']])).toEqual([[1, 11]]);
    const rest = await feed().metrics(api.principal, old.runId, { after: before.cursor });
    expect(rest).toMatchObject({ rewoundTo: 0, points: [{ step: 1, attempt: 2 }] });
  });

  test('a follower that waits learns of a rewind', async () => {
    const old = await claimed();
    await attempts().appendFrames(old, [frame(1), frame(2)], await attempts().position(old));
    const stop = new AbortController();
    const batches = feed().followMetrics(api.principal, old.runId, { signal: stop.signal });
    expect((await batches.next()).value).toMatchObject({
      points: [{ step: 1 }, { step: 2 }],
      rewoundTo: null,
    });
    const next = batches.next(); // It waits, for there is nothing new.
    await silence(old.runId);
    await attempts().claim(old.runId, 'w2');
    expect((await next).value).toMatchObject({ points: [], rewoundTo: 0 });
    stop.abort();
    await batches.return(undefined);
  });

  test("another project's run is not there", async () => {
    const { runId } = await claimed();
    const stranger = { projectId: `prj_${'0'.repeat(32)}`, keyId: 'none', scopes: ['admin' as const] };
    await expect(api.app.get(Runs).get(stranger, runId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(feed().metrics(stranger, runId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a follower gets what comes, once, to the end', async () => {
    const run = await claimed();
    const seen: number[] = [];
    const following = (async () => {
      for await (const batch of feed().followMetrics(api.principal, run.runId, {
        signal: AbortSignal.timeout(20_000),
      })) {
        seen.push(...batch.points.map(({ step }) => step));
      }
    })();
    await attempts().started(run, { totalSteps: 30 });
    for (let step = 1; step <= 30; step++)
      await attempts().appendFrames(run, [frame(step)], await attempts().position(run));
    await attempts().finish(run, { state: 'succeeded' });
    await following;
    expect(seen).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  });
});
