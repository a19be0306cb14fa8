// Attempts of runs, on real Postgres: who has a run, what becomes of it when a worker or a trainer is lost, and how long it took.

import { describe, expect, test } from '@jest/globals';
import type { RunFailure } from '@gradstream/contracts';
import { Database } from '@gradstream/data';
import {
  Attempts,
  CheckpointCommits,
  Reconciler,
  RunControls,
  Runs,
  type ClaimedAttempt,
} from '@gradstream/domain';
import { QUEUE_PREFIX } from '@gradstream/platform';
import { Redis } from 'ioredis';
import { sql } from 'kysely';
import { useApi } from '../support/app.js';
import { claimedRun, frameOf, readyDataset, silence, specOf } from '../support/runs.js';

let dataset = '';
const api = useApi(async (started) => {
  dataset = await readyDataset(started);
});

const attempts = (): Attempts => api.app.get(Attempts);
const claimed = (worker = 'w1'): Promise<ClaimedAttempt> => claimedRun(api, dataset, { worker });
const newRun = async (): Promise<string> =>
  (await api.app.get(Runs).create(api.principal, specOf(dataset))).id;

describe('attempts', () => {
  test('of ten workers one takes a run on', async () => {
    const runId = await newRun();
    const claims = await Promise.all(Array.from({ length: 10 }, (_, i) => attempts().claim(runId, `w${i}`)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  test('a worker that was replaced can write nothing', async () => {
    const old = await claimed();
    await attempts().started(old, { totalSteps: 10 });
    await attempts().appendFrames(old, [frameOf(1), frameOf(2)], await attempts().position(old));
    expect(await attempts().claim(old.runId, 'w2')).toBeNull(); // The first one lives.
    await silence(api, old.runId);
    const renewed = await attempts().claim(old.runId, 'w2');
    expect(renewed?.attempt).toBe(2);
    for (const write of [
      () => attempts().appendFrames(old, [frameOf(3)], 0),
      () => attempts().heartbeat(old),
      () => attempts().finish(old, { state: 'succeeded' }),
      () =>
        api.app.get(CheckpointCommits).plan(old, 1, [{ name: 'model.safetensors', bytes: 1, sha256: 'a' }]),
      () => api.app.get(CheckpointCommits).commit(old, { step: 1, epoch: 1, files: [], metrics: {} }),
    ]) {
      await expect(write()).rejects.toMatchObject({ code: 'ATTEMPT_FENCED' });
    }
  });

  test('a run that loses its worker three times fails', async () => {
    const { runId } = await claimed();
    for (let attempt = 2; attempt <= 3; attempt++) {
      // The third loss is the last.
      await silence(api, runId);
      expect((await attempts().claim(runId, 'w'))?.attempt).toBe(attempt);
    }
    await silence(api, runId);
    expect(await attempts().claim(runId, 'w')).toBeNull();
    expect(await api.app.get(Runs).get(api.principal, runId)).toMatchObject({
      state: 'failed',
      failure: { code: 'ATTEMPTS_EXHAUSTED' },
    });
  });

  test('one whose trainer died before it lost its worker fails with what the trainer died of', async () => {
    const first = await claimed();
    const { runId } = first;
    const failure: RunFailure = {
      ...{ code: 'ENGINE_CRASHED' as const, message: 'The trainer died of SIGSEGV.', signal: 'SIGSEGV' },
      ...{ logTail: ['last words'], errors: [] },
    };
    await attempts().finish(first, { state: 'failed', failure });
    const database = api.app.get(Database);
    await database.asSystem(() =>
      sql`UPDATE runs SET not_before = now() WHERE id = ${runId}`.execute(database.query),
    );
    for (const attempt of [2, 3]) {
      expect((await attempts().claim(runId, 'w'))?.attempt).toBe(attempt);
      await silence(api, runId);
    }
    expect(await attempts().claim(runId, 'w')).toBeNull();
    expect(await api.app.get(Runs).get(api.principal, runId)).toMatchObject({
      state: 'failed',
      failure: {
        ...failure,
        message: 'The trainer died of SIGSEGV. Of its 3 attempts, 2 lost the worker.',
      },
    });
  });

  test('a trainer that died is tried again twice, each time later; other failures are final', async () => {
    const failure = { message: 'SIGSEGV', signal: 'SIGSEGV', logTail: [], errors: [] };
    const crashed = { state: 'failed', failure: { code: 'ENGINE_CRASHED', ...failure } } as const;
    const first = await claimed();
    const { runId } = first;
    await attempts().finish(first, crashed);
    const get = () => api.app.get(Runs).get(api.principal, runId);
    expect(await get()).toMatchObject({ state: 'queued', failure: null });
    expect(await attempts().claim(runId, 'w2')).toBeNull(); // It waits, and no reconciler queues it.
    const database = api.app.get(Database);
    const wait = async (): Promise<number> => {
      const { rows } = await database.asSystem(() =>
        sql<{ s: number }>`UPDATE runs SET not_before = now() WHERE id = ${runId}
          RETURNING extract(epoch FROM old.not_before - now())::float8 AS s`.execute(database.query),
      );
      return rows[0]?.s ?? 0;
    };
    const pauses = [await wait()];
    const second = await attempts().claim(runId, 'w2');
    expect(second?.attempt).toBe(2);
    if (second) await attempts().finish(second, crashed);
    pauses.push(await wait());
    expect(pauses[1]).toBeGreaterThan(2 * (pauses[0] ?? 0));
    const third = await attempts().claim(runId, 'w2');
    if (third) await attempts().finish(third, crashed);
    expect(await get()).toMatchObject({ state: 'failed', attempt: 3, failure: { code: 'ENGINE_CRASHED' } });
    const other = await claimed();
    await attempts().finish(other, { state: 'failed', failure: { code: 'DIVERGED', ...failure } });
    expect(await api.app.get(Runs).get(api.principal, other.runId)).toMatchObject({
      state: 'failed',
      attempt: 1,
    });
  });

  test('a worker that was not heard of for 11 seconds is dead, one of 8 seconds is not', async () => {
    const run = await claimed();
    const database = api.app.get(Database);
    const silentFor = (seconds: number) =>
      database.asSystem(() =>
        sql`UPDATE run_attempts SET heartbeat_at = now() - make_interval(secs => ${seconds}) WHERE run_id = ${run.runId}`.execute(
          database.query,
        ),
      );
    await silentFor(8);
    expect(await attempts().claim(run.runId, 'w2')).toBeNull();
    await silentFor(11); // A reconciler looks every three seconds: found within 15.
    expect((await attempts().claim(run.runId, 'w2'))?.attempt).toBe(2);
  });

  test('the time of attempts adds up, until a retry', async () => {
    const first = await claimed();
    const database = api.app.get(Database);
    await database.asSystem(() =>
      sql`UPDATE run_attempts SET started_at = now() - interval '60 seconds' WHERE run_id = ${first.runId}`.execute(
        database.query,
      ),
    );
    await attempts().release(first, 'shut down');
    const second = await attempts().claim(first.runId, 'w2');
    expect(Math.round(second?.secondsSpent ?? 0)).toBe(60);
    if (second) await attempts().finish(second, { state: 'cancelled' });
    await api.app.get(RunControls).retry(api.principal, first.runId, { fromStart: false });
    expect((await attempts().claim(first.runId, 'w2'))?.secondsSpent).toBe(0);
  });

  test('a worker that was lost took time until its last sign of life', async () => {
    const first = await claimed();
    const database = api.app.get(Database);
    await database.asSystem(() =>
      sql`UPDATE run_attempts SET started_at = now() - interval '1 hour', heartbeat_at = now() - interval '50 minutes'
          WHERE run_id = ${first.runId}`.execute(database.query),
    );
    const second = await attempts().claim(first.runId, 'w2');
    expect(Math.round(second?.secondsSpent ?? 0)).toBe(600);
  });

  test('a run that is given back is taken on again, and one that was to stop is not', async () => {
    const first = await claimed();
    await attempts().release(first, 'shut down');
    expect((await attempts().claim(first.runId, 'w2'))?.attempt).toBe(2);
    const runId = await newRun();
    await api.app.get(RunControls).cancel(api.principal, runId);
    expect(await attempts().claim(runId, 'w')).toBeNull();
    await expect(api.app.get(RunControls).cancel(api.principal, runId)).rejects.toMatchObject({
      code: 'RUN_FINISHED',
    });
  });

  test('the reconciler finds what nobody works on', async () => {
    const run = await claimed();
    await silence(api, run.runId);
    // A round takes so many, and other tests have left theirs.
    const database = api.app.get(Database);
    await database.asSystem(() =>
      sql`UPDATE runs SET state = 'cancelled' WHERE state IN ('queued', 'preparing', 'running') AND id <> ${run.runId}`.execute(
        database.query,
      ),
    );
    const redis = new Redis(process.env['REDIS_URL'] ?? '');
    const job = `${QUEUE_PREFIX}:runs:${run.runId}`; // BullMQ keeps a job at prefix:queue:id.
    expect(await redis.del(job)).toBe(1);
    await api.app.get(Reconciler).reconcile();
    expect(await redis.exists(job)).toBe(1);
    redis.disconnect();
  });
});
