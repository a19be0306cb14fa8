// Notes and tags, deletion of runs and checkpoints, pins and retention; the worker's part is played.

import { describe, expect, jest, test } from '@jest/globals';
import { Attempts, Checkpoints, Cleanup, RunFeed, Runs, type ClaimedAttempt } from '@gradstream/domain';
import { Storage } from '@gradstream/platform';
import { Gradstream } from '@gradstream/sdk';
import { useApi } from '../support/app.js';
import { storeCheckpoint } from '../support/checkpoints.js';
import { frameOf, readyDataset, specOf } from '../support/runs.js';

jest.setTimeout(30_000);

let dataset = '';
const api = useApi(async (started) => {
  dataset = await readyDataset(started);
});

const attempts = (): Attempts => api.app.get(Attempts);

/** A run that a worker has taken on. */
async function claimed(changes: object = {}): Promise<ClaimedAttempt> {
  const { id } = await api.app.get(Runs).create(api.principal, specOf(dataset, changes));
  const claim = await attempts().claim(id, 'w');
  if (!claim) throw new Error('the run was not claimed');
  await attempts().started(claim, { totalSteps: 10 });
  return claim;
}

const finish = (claim: ClaimedAttempt): Promise<void> => attempts().finish(claim, { state: 'succeeded' });
const checkpointsOf = async ({ runId }: ClaimedAttempt) =>
  (await api.app.get(Checkpoints).list(api.principal, runId, { limit: 100 })).data;
/** Id of the newest checkpoint. */
const newestOf = async (claim: ClaimedAttempt): Promise<string> => (await checkpointsOf(claim))[0]?.id ?? '';
const stepsOf = async (claim: ClaimedAttempt): Promise<number[]> =>
  (await checkpointsOf(claim)).map(({ step }) => step).sort((a, b) => a - b);
/** The code or the changed resource that an answer holds. */
const said = ({ status, body }: { status: number; body: Record<string, unknown> }) => [
  status,
  body['code'] ?? body,
];

describe('notes and tags', () => {
  test('are replaced where they are given, under the ETag that was read', async () => {
    const { runId } = await claimed();
    const at = `/v1/runs/${runId}`;
    const first = await api.call('GET', at);
    expect(first.body).toMatchObject({ notes: '', tags: [] });
    const etag = first.headers.get('etag') ?? '';
    const body = { notes: 'try a lower rate', tags: ['baseline', 'b'] };
    const patch = (sent: object, ifMatch?: string) =>
      api.call('PATCH', at, { body: sent, headers: ifMatch === undefined ? {} : { 'if-match': ifMatch } });
    expect(said(await patch(body, etag))).toMatchObject([200, body]);
    expect(said(await patch({ notes: 'late' }, etag))).toEqual([412, 'PRECONDITION_FAILED']);
    expect(said(await patch({ tags: [] }))).toMatchObject([200, { notes: body.notes, tags: [] }]);
    const { body: stored } = await api.call('GET', at);
    expect(stored['spec']).toEqual(first.body['spec']);
  });

  test('are changed by the SDK under the ETag that it read with the run', async () => {
    const { runId } = await claimed();
    const { runs } = new Gradstream({ url: api.url, apiKey: api.apiKey });
    const { run, etag } = await runs.getWithEtag(runId);
    expect(run).toEqual(await runs.get(runId));
    expect(await runs.update(runId, { notes: 'mine' }, { ifMatch: etag })).toEqual({ ...run, notes: 'mine' });
    await expect(runs.update(runId, { notes: 'late' }, { ifMatch: etag })).rejects.toMatchObject({
      code: 'PRECONDITION_FAILED',
    });
    expect((await runs.get(runId)).notes).toBe('mine');
    expect((await runs.update(runId, { notes: 'anyway' })).notes).toBe('anyway');
  });

  test.each([
    [{ tags: ['a', 'a'] }, '/tags'],
    [{ tags: [''] }, '/tags/0'],
    [{ tags: Array.from({ length: 21 }, (_, i) => `t${i}`) }, '/tags'],
    [{ notes: 'x'.repeat(10_001) }, '/notes'],
    [{ notes: '\0' }, '/notes'],
    [{ name: 'x' }, '/name'],
  ])('%p is refused', async (body, pointer) => {
    const { runId } = await claimed();
    const answer = await api.call('PATCH', `/v1/runs/${runId}`, { body });
    expect(said(answer)).toEqual([422, 'VALIDATION_FAILED']);
    expect(answer.body['errors']).toEqual([expect.objectContaining({ pointer })]);
  });

  test('and states filter the list, page by page', async () => {
    const tag = `only ${Date.now()}`;
    const made: string[] = [];
    for (let i = 0; i < 5; i++) {
      const claim = await claimed();
      if (i !== 2) await api.call('PATCH', `/v1/runs/${claim.runId}`, { body: { tags: ['x', tag] } });
      if (i === 4) await finish(claim);
      if (i !== 2) made.unshift(claim.runId);
    }
    const list = async (query: object): Promise<[string[], string]> => {
      const search = new URLSearchParams({ tag, ...query });
      const { body } = await api.call('GET', `/v1/runs?${search.toString()}`);
      return [(body['data'] as { id: string }[]).map(({ id }) => id), String(body['nextCursor'])];
    };
    const [first, after] = await list({ limit: 3 });
    expect([...first, ...(await list({ after }))[0]]).toEqual(made);
    expect(await list({ state: 'succeeded' })).toEqual([[made[0]], 'null']);
    const query = `query ($tag: String!) { runs(tag: $tag, state: running) { nodes { id tags } } }`;
    const { body } = await api.call('POST', '/graphql', { body: { query, variables: { tag } } });
    const nodes = made.slice(1).map((id) => ({ id, tags: ['x', tag] }));
    expect(body['data']).toEqual({ runs: { nodes } });
  });
});

describe('deletion of a run', () => {
  test('takes its history, its checkpoints and their files', async () => {
    const claim = await claimed();
    await attempts().appendFrames(claim, [frameOf(1)], await attempts().position(claim));
    const keys = await storeCheckpoint(api, claim, { step: 1 });
    const id = await newestOf(claim);
    await api.call('PATCH', `/v1/checkpoints/${id}`, { body: { pinned: true } });
    const at = `/v1/runs/${claim.runId}`;
    expect(said(await api.call('DELETE', at))).toEqual([409, 'CONFLICT']);
    await finish(claim);
    expect(said(await api.call('DELETE', at, { headers: { 'if-match': '"other"' } }))).toEqual([
      412,
      'PRECONDITION_FAILED',
    ]);
    expect(said(await api.call('DELETE', at))).toMatchObject([200, { id: claim.runId, state: 'succeeded' }]);
    for (const path of [at, `/v1/checkpoints/${id}`]) expect((await api.call('GET', path)).status).toBe(404);
    const feed = api.app.get(RunFeed).metrics(api.principal, claim.runId);
    await expect(feed).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await api.app.get(Cleanup).cleanUp();
    for (const key of keys) expect(await api.app.get(Storage).stat(key)).toBeNull();
  });

  test('waits for the forks that began at its checkpoints', async () => {
    const claim = await claimed();
    await storeCheckpoint(api, claim, { step: 1 });
    await finish(claim);
    const fork = await api.call('POST', `/v1/runs/${claim.runId}/fork`, { body: {} });
    const refused = await api.call('DELETE', `/v1/runs/${claim.runId}`);
    expect(said(refused)).toEqual([409, 'IN_USE']);
    expect(refused.body['detail']).toContain(String(fork.body['id']));
    const id = await newestOf(claim);
    expect(said(await api.call('DELETE', `/v1/checkpoints/${id}`))).toEqual([409, 'IN_USE']);
    await api.call('POST', `/v1/runs/${String(fork.body['id'])}/cancel`);
    expect((await api.call('DELETE', `/v1/runs/${String(fork.body['id'])}`)).status).toBe(200);
    expect((await api.call('DELETE', `/v1/runs/${claim.runId}`)).status).toBe(200);
  });
});

describe('a checkpoint', () => {
  test('is deleted with its files, unless it is pinned', async () => {
    const claim = await claimed();
    const keys = await storeCheckpoint(api, claim, { step: 1, metrics: { valLoss: 0.5 } });
    await finish(claim);
    const id = await newestOf(claim);
    const at = `/v1/checkpoints/${id}`;
    expect((await api.call('GET', at)).body).toMatchObject({ metrics: { valLoss: 0.5 }, pinned: false });
    expect(said(await api.call('PATCH', at, { body: { pinned: true } }))).toMatchObject([
      200,
      { pinned: true },
    ]);
    expect(said(await api.call('DELETE', at))).toEqual([409, 'CONFLICT']);
    await api.call('PATCH', at, { body: { pinned: false } });
    expect(said(await api.call('DELETE', at))).toMatchObject([200, { id }]);
    expect(said(await api.call('GET', at))).toEqual([404, 'NOT_FOUND']);
    await api.app.get(Cleanup).cleanUp();
    for (const key of keys) expect(await api.app.get(Storage).stat(key)).toBeNull();
  });

  test('that a run would go on from stays until the run has ended', async () => {
    const claim = await claimed();
    for (const step of [1, 2]) await storeCheckpoint(api, claim, { step });
    const [last, first] = await checkpointsOf(claim);
    const remove = (id = '') => api.call('DELETE', `/v1/checkpoints/${id}`);
    expect(said(await remove(last?.id))).toEqual([409, 'CONFLICT']);
    expect((await remove(first?.id)).status).toBe(200);
    await finish(claim);
    expect((await remove(last?.id)).status).toBe(200);
  });
});

describe('retention', () => {
  test('deletes in the commit of a newer one, and spares what is pinned or was forked from', async () => {
    const claim = await claimed({ checkpoints: { keepLast: 1, keepBest: 1 } });
    const losses = [5, 1, 4, 3, 2];
    const keys = [];
    for (const [i, valLoss] of losses.entries()) {
      keys.push(await storeCheckpoint(api, claim, { step: i + 1, metrics: { valLoss } }));
      if (i === 0) {
        const id = await newestOf(claim);
        await api.call('PATCH', `/v1/checkpoints/${id}`, { body: { pinned: true } });
      }
      if (i === 2) await api.call('POST', `/v1/runs/${claim.runId}/fork`, { body: {} });
    }
    // 1 is pinned, 2 is the best, 3 was forked from, 5 is the last.
    expect(await stepsOf(claim)).toEqual([1, 2, 3, 5]);
    await api.app.get(Cleanup).cleanUp();
    const there = await Promise.all(
      keys.map(async ([key = '']) => (await api.app.get(Storage).stat(key)) !== null),
    );
    expect(there).toEqual([true, true, true, false, true]);
  });

  test('a newer attempt from the start does not lose its checkpoint to later ones of before', async () => {
    const claim = await claimed({ checkpoints: { keepLast: 2 } });
    for (const step of [8, 9]) await storeCheckpoint(api, claim, { step });
    await attempts().finish(claim, { state: 'cancelled' });
    await api.call('POST', `/v1/runs/${claim.runId}/retry`, { body: { fromStart: true } });
    const again = await attempts().claim(claim.runId, 'w');
    if (!again) throw new Error('the run was not claimed');
    await storeCheckpoint(api, again, { step: 1 });
    expect(await stepsOf(claim)).toEqual([1]);
  });

  test.each([
    [{ keepBest: 2 }, '/checkpoints/keepBest'],
    [{ keepLast: 1, keepBest: 1, monitor: 'x' }, '/checkpoints/mode'],
    [{ keepLast: 0 }, '/checkpoints/keepLast'],
  ])('%p is refused', async (checkpoints, pointer) => {
    const body = { ...specOf(dataset), checkpoints };
    const answer = await api.call('POST', '/v1/runs', { body });
    expect(answer.body['errors']).toEqual([expect.objectContaining({ pointer })]);
  });
});
