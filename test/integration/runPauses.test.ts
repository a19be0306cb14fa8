// Pausing, resuming and waiting on real Postgres and Valkey; the worker's part is played.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Database } from '@gradstream/data';
import { Attempts, Reconciler, RunControls, Runs, type ClaimedAttempt } from '@gradstream/domain';
import { QUEUE_PREFIX } from '@gradstream/platform';
import { Redis } from 'ioredis';
import { sql } from 'kysely';
import { startApi, type TestApi } from '../support/app.js';
import { claimedRun, readyDataset, specOf } from '../support/runs.js';

jest.setTimeout(30_000);

let api: TestApi;
let redis: Redis;
let dataset = '';

beforeAll(async () => {
  api = await startApi();
  redis = new Redis(process.env['REDIS_URL'] ?? '');
  dataset = await readyDataset(api);
});
afterAll(async () => {
  redis.disconnect();
  await api.stop();
});

const attempts = (): Attempts => api.app.get(Attempts);
const controls = (): RunControls => api.app.get(RunControls);
const newRun = async (): Promise<string> =>
  (await api.app.get(Runs).create(api.principal, specOf(dataset))).id;
const get = (id: string) => api.app.get(Runs).get(api.principal, id);
/** BullMQ keeps a job at prefix:queue:id. */
const isQueued = async (id: string): Promise<boolean> =>
  (await redis.exists(`${QUEUE_PREFIX}:runs:${id}`)) === 1;

/** A run that trains. */
async function trainingRun(): Promise<ClaimedAttempt> {
  const claim = await claimedRun(api, dataset);
  await attempts().started(claim, { totalSteps: 10 });
  return claim;
}

/** As a migration does to datasets that an older version stored in another form. */
async function setDatasetState(id: string, state: 'checking' | 'ready'): Promise<void> {
  const database = api.app.get(Database);
  await database.asSystem(() =>
    sql`UPDATE datasets SET state = ${state} WHERE id = ${id}`.execute(database.query),
  );
}

/** What a client asks, and what it is answered with. */
async function ask(id: string, what: string) {
  const { status, body } = await api.call('POST', `/v1/runs/${id}/${what}`);
  return [status, body['state'] ?? body['code'], body['pauseRequested']];
}

/** The states that a run has been in, by its events. */
async function statesOf(id: string): Promise<unknown[]> {
  const { body } = await api.call('GET', `/v1/runs/${id}/events`);
  const events = body['events'] as { event: { type: string; to: string } }[];
  return events.filter(({ event }) => event.type === 'stateChanged').map(({ event }) => event.to);
}

describe('a queued run', () => {
  test('rests at once, without a job; it waits again when it is resumed', async () => {
    const id = await newRun();
    expect(await isQueued(id)).toBe(true);
    expect(await ask(id, 'pause')).toEqual([202, 'paused', false]);
    expect(await isQueued(id)).toBe(false);
    expect(await attempts().claim(id, 'w')).toBeNull();
    await api.app.get(Reconciler).reconcile();
    expect(await isQueued(id)).toBe(false);
    expect(await ask(id, 'resume')).toEqual([202, 'queued', false]);
    expect(await isQueued(id)).toBe(true);
    expect((await attempts().claim(id, 'w'))?.attempt).toBe(1);
  });

  test('each of both twice is the same as once', async () => {
    const id = await newRun();
    for (const [what, state] of [
      ['pause', 'paused'],
      ['resume', 'queued'],
    ] as const)
      expect([await ask(id, what), await ask(id, what)]).toEqual([
        [202, state, false],
        [202, state, false],
      ]);
    expect(await statesOf(id)).toEqual(['paused', 'queued']);
  });

  test('waits while its dataset is checked again, and its history says nothing of that', async () => {
    const checkedAgain = await readyDataset(api);
    const { id } = await api.app.get(Runs).create(api.principal, specOf(checkedAgain));
    await setDatasetState(checkedAgain, 'checking');
    expect(await attempts().claim(id, 'w')).toBeNull();
    expect((await get(id)).state).toBe('queued');
    await setDatasetState(checkedAgain, 'ready');
    expect((await attempts().claim(id, 'w'))?.attempt).toBe(1);
    expect(await statesOf(id)).toEqual(['preparing']);
  });
});

test('a run whose worker died waits for its dataset, and for any worker, while that is checked again', async () => {
  const checkedAgain = await readyDataset(api);
  const claim = await claimedRun(api, checkedAgain);
  await attempts().started(claim, { totalSteps: 10 });
  await setDatasetState(checkedAgain, 'checking');
  const database = api.app.get(Database);
  await database.asSystem(() =>
    sql`UPDATE run_attempts SET heartbeat_at = now() - interval '1 minute' WHERE run_id = ${claim.runId}`.execute(
      database.query,
    ),
  );
  for (let i = 0; i < 2; i++) {
    expect(await attempts().claim(claim.runId, 'w2')).toBeNull();
    expect((await get(claim.runId)).state).toBe('queued');
  }
  expect(await ask(claim.runId, 'pause')).toEqual([202, 'paused', false]);
  await ask(claim.runId, 'resume');
  await setDatasetState(checkedAgain, 'ready');
  expect((await attempts().claim(claim.runId, 'w2'))?.attempt).toBe(2);
  const states = ['preparing', 'running', 'queued', 'paused', 'queued', 'preparing'];
  expect(await statesOf(claim.runId)).toEqual(states);
});

describe('a run that trains', () => {
  test('is asked to stop, and has no owner when it has', async () => {
    const claim = await trainingRun();
    expect(await attempts().heartbeat(claim)).toBeNull();
    expect(await ask(claim.runId, 'pause')).toEqual([202, 'running', true]);
    expect(await attempts().heartbeat(claim)).toBe('pause');
    await attempts().release(claim, 'not shown');
    expect(await get(claim.runId)).toMatchObject({
      state: 'paused',
      pauseRequested: false,
      finishedAt: null,
    });
    await expect(attempts().heartbeat(claim)).rejects.toMatchObject({ code: 'ATTEMPT_FENCED' });
    await ask(claim.runId, 'resume');
    expect(await attempts().claim(claim.runId, 'w2')).toMatchObject({ attempt: 2 });
    expect(await statesOf(claim.runId)).toEqual(['preparing', 'running', 'paused', 'queued', 'preparing']);
  });

  test('and is resumed before it has stopped only waits for a worker again', async () => {
    const claim = await trainingRun();
    await ask(claim.runId, 'pause');
    expect(await ask(claim.runId, 'resume')).toEqual([202, 'running', false]);
    await attempts().release(claim, 'resumed before it had paused');
    expect((await get(claim.runId)).state).toBe('queued');
  });

  test('rests also when its worker dies over the pause', async () => {
    const claim = await trainingRun();
    await ask(claim.runId, 'pause');
    const database = api.app.get(Database);
    await database.asSystem(() =>
      sql`UPDATE run_attempts SET heartbeat_at = now() - interval '1 minute' WHERE run_id = ${claim.runId}`.execute(
        database.query,
      ),
    );
    expect(await attempts().claim(claim.runId, 'w2')).toBeNull();
    expect((await get(claim.runId)).state).toBe('paused');
  });

  test('is cancelled by a cancel, whatever else is asked', async () => {
    const claim = await trainingRun();
    await ask(claim.runId, 'pause');
    await ask(claim.runId, 'cancel');
    expect(await attempts().heartbeat(claim)).toBe('cancel');
    for (const what of ['pause', 'resume'])
      expect(await ask(claim.runId, what)).toEqual([409, 'CONFLICT', undefined]);
    await attempts().release(claim, 'not shown');
    expect((await get(claim.runId)).state).toBe('cancelled');
  });
});

test('a paused run is cancelled at once', async () => {
  const id = await newRun();
  await ask(id, 'pause');
  expect(await ask(id, 'cancel')).toEqual([202, 'cancelled', false]);
});

test.each(['pause', 'resume', 'cancel'])('a run that has ended refuses to %s', async (what) => {
  const claim = await trainingRun();
  await attempts().finish(claim, { state: 'succeeded' });
  expect(await ask(claim.runId, what)).toEqual([409, 'RUN_FINISHED', undefined]);
});

test('forty pauses and resumes at once leave one state and one history', async () => {
  const id = await newRun();
  const asked = Array.from({ length: 40 }, (_, i) =>
    i % 2 ? controls().resume(api.principal, id) : controls().pause(api.principal, id),
  );
  await Promise.all(asked);
  const states = ['queued', ...(await statesOf(id))];
  for (const [i, state] of states.entries()) expect(state).toBe(i % 2 ? 'paused' : 'queued');
  expect((await get(id)).state).toBe(states.at(-1));
});
