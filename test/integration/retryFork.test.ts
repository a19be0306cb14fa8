// Starting runs again, and other runs from where they stood; the worker's part is played.

import { describe, expect, jest, test } from '@jest/globals';
import { runSpecSchema, type RunFailure } from '@gradstream/contracts';
import { Database } from '@gradstream/data';
import { Attempts, Checkpoints, Runs, type ClaimedAttempt } from '@gradstream/domain';
import { sql } from 'kysely';
import { useApi } from '../support/app.js';
import { storeCheckpoint } from '../support/checkpoints.js';
import { claimedRun, frameOf, readyDataset, specOf } from '../support/runs.js';

jest.setTimeout(30_000);

let dataset = '';
const api = useApi(async (started) => {
  dataset = await readyDataset(started);
});

const attempts = (): Attempts => api.app.get(Attempts);
const failure: RunFailure = { code: 'DIVERGED', message: 'NaN', signal: null, logTail: [], errors: [] };

/** A run that has trained four steps, with whole checkpoints at steps 2 and 4. */
async function trained(): Promise<ClaimedAttempt> {
  const claim = await claimedRun(api, dataset);
  await attempts().started(claim, { totalSteps: 10 });
  await attempts().appendFrames(
    claim,
    [1, 2, 3, 4].map((step) => frameOf(step)),
    await attempts().position(claim),
  );
  for (const step of [2, 4]) await storeCheckpoint(api, claim, { step });
  return claim;
}

async function failed(): Promise<string> {
  const claim = await trained();
  await attempts().finish(claim, { state: 'failed', failure });
  return claim.runId;
}

async function claim(runId: string): Promise<ClaimedAttempt> {
  const claimed = await attempts().claim(runId, 'w2');
  if (!claimed) throw new Error('the run was not claimed');
  return claimed;
}

const post = (id: string, what: string, body: object = {}) =>
  api.call('POST', `/v1/runs/${id}/${what}`, { body });

describe('a retry', () => {
  test('goes on from the last checkpoint, as another attempt of the same run', async () => {
    const id = await failed();
    const { status, body } = await post(id, 'retry');
    expect([status, body]).toMatchObject([
      202,
      { id, state: 'queued', failure: null, finishedAt: null, attempt: 1 },
    ]);
    expect(await claim(id)).toMatchObject({ attempt: 2, resumeFrom: { step: 4 } });
  });

  test('from the start takes all back, for the attempts after it as well', async () => {
    const id = await failed();
    await post(id, 'retry', { fromStart: true });
    const second = await claim(id);
    expect(second.resumeFrom).toBeNull();
    await attempts().release(second, 'shut down');
    expect((await claim(id)).resumeFrom).toBeNull();
    const { events } = (await api.call('GET', `/v1/runs/${id}/events`)).body as {
      events: { event: object }[];
    };
    expect(events.map(({ event }) => event)).toContainEqual({ type: 'rewound', toStep: 0 });
  });

  test('of a cancelled run forgets the cancel', async () => {
    const { runId } = await trained();
    await post(runId, 'cancel');
    const database = api.app.get(Database);
    await database.asSystem(() =>
      sql`UPDATE run_attempts SET heartbeat_at = now() - interval '1 minute' WHERE run_id = ${runId}`.execute(
        database.query,
      ),
    );
    expect(await attempts().claim(runId, 'w2')).toBeNull();
    expect((await post(runId, 'retry')).body).toMatchObject({ state: 'queued', cancelRequested: false });
    expect(await attempts().heartbeat(await claim(runId))).toBeNull();
  });

  test('gives a run that lost its workers all its attempts again', async () => {
    const { runId } = await claimedRun(api, dataset);
    const lose = async (): Promise<ClaimedAttempt | null> => {
      const database = api.app.get(Database);
      await database.asSystem(() =>
        sql`UPDATE run_attempts SET heartbeat_at = now() - interval '1 minute' WHERE run_id = ${runId}`.execute(
          database.query,
        ),
      );
      return attempts().claim(runId, 'w');
    };
    while (await lose());
    const get = () => api.app.get(Runs).get(api.principal, runId);
    expect(await get()).toMatchObject({ attempt: 3, failure: { code: 'ATTEMPTS_EXHAUSTED' } });
    await post(runId, 'retry');
    await claim(runId);
    while (await lose());
    expect(await get()).toMatchObject({ attempt: 6, failure: { code: 'ATTEMPTS_EXHAUSTED' } });
  });

  test('of a run that goes on, or succeeded, is a conflict; ten at once are one', async () => {
    const { runId } = await trained();
    expect((await post(runId, 'retry')).body['code']).toBe('CONFLICT');
    const id = await failed();
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(id, 'retry')));
    expect(answers.map(({ status }) => status).sort()).toEqual([
      202,
      ...Array.from({ length: 9 }, () => 409),
    ]);
    const done = await trained();
    await attempts().finish(done, { state: 'succeeded' });
    expect((await post(done.runId, 'retry')).body).toMatchObject({
      code: 'CONFLICT',
      detail: expect.stringContaining('fork'),
    });
  });
});

describe('a fork', () => {
  test('has a complete spec that names its origin, and begins there', async () => {
    const { runId, spec } = await trained();
    const page = await api.app.get(Checkpoints).list(api.principal, runId, { limit: 10 });
    const checkpoint = page.data.find(({ step }) => step === 2)?.id ?? '';
    const changes = { name: 'slower', optimizer: { name: 'adam', learningRate: 0.5 }, epochs: 30 };
    const { status, body, headers } = await post(runId, 'fork', { checkpoint, changes });
    expect([status, headers.get('location')]).toEqual([202, `/v1/runs/${String(body['id'])}`]);
    const stored = runSpecSchema.parse(body['spec']);
    const { optimizer } = spec;
    expect(stored).toEqual({
      ...spec,
      ...changes,
      optimizer: { ...optimizer, learningRate: 0.5 },
      origin: { run: runId, checkpoint, step: 2 },
    });
    expect([body['name'], body['attempt'], body['state']]).toEqual(['slower', 0, 'queued']);
    const first = await claim(String(body['id']));
    expect(first).toMatchObject({ attempt: 1, resumeFrom: { step: 2 } });
    // Its own steps follow; what it goes on from later are its own checkpoints.
    await attempts().started(first, { totalSteps: 30 });
    await attempts().appendFrames(first, [frameOf(3)], await attempts().position(first));
    await attempts().release(first, 'shut down');
    const second = await claim(first.runId);
    expect(second.resumeFrom?.step).toBe(2);
    await storeCheckpoint(api, second, { step: 3 });
    await attempts().release(second, 'shut down');
    expect((await claim(first.runId)).resumeFrom?.step).toBe(3);
  });

  test('without a choice begins at the last whole checkpoint, unchanged', async () => {
    const run = await trained();
    await storeCheckpoint(api, run, { step: 5, names: ['model.safetensors'] });
    const { body } = await post(run.runId, 'fork');
    const { origin, ...spec } = runSpecSchema.parse(body['spec']);
    expect(origin?.step).toBe(4);
    expect({ ...spec, origin: null }).toEqual(run.spec);
  });

  test('keeps the batches of its origin, which its checkpoint was written with', async () => {
    const batches = { batchSize: 3, accumulate: 2 };
    const { id } = await api.app.get(Runs).create(api.principal, specOf(dataset, batches));
    const run = await claim(id);
    await attempts().started(run, { totalSteps: 10 });
    await storeCheckpoint(api, run, { step: 2 });
    const { body } = await post(id, 'fork');
    const { origin, ...spec } = runSpecSchema.parse(body['spec']);
    expect(origin?.step).toBe(2);
    expect(spec).toMatchObject(batches);
    expect({ ...spec, origin: null }).toEqual(run.spec);
  });

  test('names each setting that it cannot change, and each that is wrong', async () => {
    const { runId } = await trained();
    const changes = { seed: 3, dataset: 'x', optimizer: 'sgd' };
    const refused = await post(runId, 'fork', { changes });
    expect([refused.status, refused.body['code']]).toEqual([422, 'RUN_INVALID']);
    expect(refused.body['errors']).toEqual([
      expect.objectContaining({ pointer: '/changes/seed', code: 'notForkable' }),
      expect.objectContaining({ pointer: '/changes/dataset', code: 'notForkable' }),
      expect.objectContaining({ pointer: '/changes/optimizer', code: 'otherOptimizer' }),
    ]);
    const wrong = await post(runId, 'fork', { changes: { epochs: 0, loss: 'meanSquaredError' } });
    expect(wrong.body['errors']).toContainEqual(expect.objectContaining({ pointer: '/changes/epochs' }));
    const over = await post(runId, 'fork', { changes: { steps: 4 } });
    expect(over.body).toMatchObject({
      code: 'RUN_INVALID',
      errors: [{ pointer: '/changes/steps', code: 'endsBefore' }],
    });
    expect((await post(runId, 'fork', { changes: { steps: 5 } })).status).toBe(202);
    const run = await claim(
      (await api.app.get(Runs).create(api.principal, specOf(dataset, { epochs: 2 }))).id,
    );
    await attempts().started(run, { totalSteps: 4 });
    await storeCheckpoint(api, run, { step: 4 });
    const ended = await post(run.runId, 'fork');
    expect(ended.body['errors']).toMatchObject([{ pointer: '/changes/epochs', code: 'endsBefore' }]);
    expect((await post(run.runId, 'fork', { changes: { epochs: 3 } })).status).toBe(202);
    const misfit = await post(runId, 'fork', { changes: { loss: 'hinge' } });
    expect(misfit.body['errors']).toContainEqual(
      expect.objectContaining({ pointer: '/changes/loss', code: 'lossTask' }),
    );
  });

  test('needs a whole checkpoint of that run', async () => {
    const none = await claimedRun(api, dataset);
    expect((await post(none.runId, 'fork')).body['code']).toBe('CHECKPOINT_INVALID');
    await storeCheckpoint(api, none, { step: 1, names: ['model.safetensors'] });
    const { data } = await api.app.get(Checkpoints).list(api.principal, none.runId, { limit: 1 });
    const checkpoint = data[0]?.id ?? '';
    expect((await post(none.runId, 'fork', { checkpoint })).body['code']).toBe('CHECKPOINT_INVALID');
    const { runId } = await trained();
    expect((await post(runId, 'fork', { checkpoint })).body['code']).toBe('NOT_FOUND');
  });
});

test('GraphQL says the same', async () => {
  const id = await failed();
  const query = `mutation ($id: ID!) {
    retryRun(input: { id: $id, fromStart: null }) { run { state } problem { code } }
    again: retryRun(input: { id: $id }) { run { state } problem { code } }
    forkRun(input: { id: $id, changes: { epochs: 12 } }) { run { spec } problem { code } }
    other: forkRun(input: { id: $id, changes: { seed: 3 } }) { problem { code errors { pointer } } }
  }`;
  const { body } = await api.call('POST', '/graphql', { body: { query, variables: { id } } });
  expect(body['data']).toEqual({
    retryRun: { run: { state: 'queued' }, problem: null },
    again: { run: null, problem: { code: 'CONFLICT' } },
    forkRun: { run: { spec: expect.objectContaining({ epochs: 12 }) }, problem: null },
    other: { problem: { code: 'RUN_INVALID', errors: [{ pointer: '/changes/seed' }] } },
  });
});
