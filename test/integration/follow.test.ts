// Followers of runs, many at once: one reader for all, streams of keys that no longer work, and limits.

import { describe, expect, jest, test } from '@jest/globals';
import { FrameRepository } from '@gradstream/data';
import { ApiKeys, Attempts, RunFeed, type Principal } from '@gradstream/domain';
import { Gradstream } from '@gradstream/sdk';
import { setTimeout as delay } from 'node:timers/promises';
import { useApi } from '../support/app.js';
import { claimedRun, frameOf, readyDataset } from '../support/runs.js';

jest.setTimeout(30_000);

let dataset = '';
const api = useApi(async (started) => {
  dataset = await readyDataset(started);
});

const feed = (): RunFeed => api.app.get(RunFeed);

/** A key of its own. */
async function newKey(expiresAt?: string): Promise<Principal> {
  const keys = api.app.get(ApiKeys);
  const input = { name: 'k', scopes: ['read' as const], ...(expiresAt ? { expiresAt } : {}) };
  return keys.authenticate((await keys.create(api.principal, input)).secret);
}

test('a hundred followers of a run cost about as many reads as one, and each gets all', async () => {
  const attempts = api.app.get(Attempts);
  const run = await claimedRun(api, dataset);
  await attempts.started(run, { totalSteps: 20 });
  const key = await newKey();
  const reads = jest.spyOn(api.app.get(FrameRepository), 'listAfter');
  const { signal } = new AbortController();
  const follow = async (): Promise<number[]> => {
    const steps: number[] = [];
    for await (const { points } of feed().followMetrics(key, run.runId, { signal }))
      steps.push(...points.map(({ step }) => step));
    return steps;
  };
  const followers = Array.from({ length: 100 }, follow);
  for (let step = 1; step <= 20; step++) {
    await attempts.appendFrames(run, [frameOf(step)], await attempts.position(run));
    await delay(50);
  }
  await attempts.finish(run, { state: 'succeeded' });
  const expected = Array.from({ length: 20 }, (_, i) => i + 1);
  for (const steps of await Promise.all(followers)) expect(steps).toEqual(expected);
  // Each reads for itself at its start, a second time if the tail has begun later; the rest is shared.
  expect(reads.mock.calls.length).toBeLessThan(300);
  reads.mockRestore();
});

test('a follower of one series skips the others at once, and its cursor goes on', async () => {
  const attempts = api.app.get(Attempts);
  const run = await claimedRun(api, dataset);
  const other = Array.from({ length: 2500 }, (_, i) => frameOf(i + 1, { other: 1 }));
  await attempts.appendFrames(run, other, await attempts.position(run));
  await attempts.appendFrames(run, [frameOf(2501, { loss: 1 })], await attempts.position(run));
  const stop = new AbortController();
  const options = { series: ['loss'], signal: stop.signal };
  const batches = feed().followMetrics(api.principal, run.runId, options);
  const seen: number[] = [];
  const cursors = new Set<string>();
  for await (const { points, cursor } of batches) {
    seen.push(points.length);
    cursors.add(cursor);
    if (points.length > 0) stop.abort();
  }
  expect(seen).toEqual([0, 0, 0, 1]); // Full slices of others: a first of 100, two of 1,000.
  expect(cursors.size).toBe(4);
});

test('a follower of a layer gets the points that tell of it', async () => {
  const attempts = api.app.get(Attempts);
  const run = await claimedRun(api, dataset);
  await attempts.started(run, { totalSteps: 3 });
  const told = [{ 'a/norm': 1, 'b/norm': 2 }, { 'b/norm': 3 }, { 'a/norm': 4 }];
  const frames = told.map((values, i) => ({ ...frameOf(i + 1, values), kind: 'gradients' as const }));
  await attempts.appendFrames(run, frames, await attempts.position(run));
  await attempts.finish(run, { state: 'succeeded' });
  const client = new Gradstream({ url: api.url, apiKey: api.apiKey });
  const found: unknown[] = [];
  for await (const { points } of client.runs.followGradients(run.runId, { layers: ['a'] }))
    found.push(...points.map(({ step, layers }) => [step, layers.map(({ layer, norm }) => [layer, norm])]));
  expect(found).toEqual([
    [1, [['a', 1]]],
    [3, [['a', 4]]],
  ]);
});

describe('a stream ends with its key', () => {
  test.each([
    ['is revoked', async () => newKey(), true],
    ['expires', async () => newKey(new Date(Date.now() + 500).toISOString()), false],
  ])('that %s', async (_, make, revoke) => {
    const key = await make();
    const run = await claimedRun(api, dataset);
    const { signal } = new AbortController();
    const batches = feed().followEvents(key, run.runId, { signal });
    expect((await batches.next()).done).toBe(false); // The event of the claim.
    const next = batches.next();
    if (revoke) await api.app.get(ApiKeys).revoke(api.principal, key.keyId);
    await expect(next).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

test('a key has at most a hundred streams, and closing one makes room', async () => {
  const key = await newKey();
  const { runId } = await claimedRun(api, dataset);
  const stop = new AbortController();
  const open = (signal: AbortSignal) => feed().followMetrics(key, runId, { signal });
  for (let i = 0; i < 99; i++) open(stop.signal);
  const last = feed().followEvents(key, runId, { signal: new AbortController().signal });
  expect(() => open(stop.signal)).toThrow(/RATE_LIMITED/);
  await last.next(); // The event of the claim.
  await last.return(undefined);
  expect(() => open(stop.signal)).not.toThrow();
  stop.abort(); // None of them was ever pulled.
  expect(() => open(new AbortController().signal)).not.toThrow();
});
