// Subscribers whose connections are cut, and one request sent fifty times. The API is a process of
// its own; this one plays the worker. FAULTS_SEED chooses when and where connections are cut.

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { MetricPoint, NewFrame } from '@gradstream/contracts';
import { Attempts, Runs, type ClaimedAttempt } from '@gradstream/domain';
import { Gradstream } from '@gradstream/sdk';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { startApi, type TestApi } from '../support/app.js';
import { storeCheckpoint } from '../support/checkpoints.js';
import { openRoad, randomFrom, type Road } from '../support/cuts.js';
import { pointsOf } from '../support/history.js';
import { newProject, type TestProject } from '../support/projects.js';
import { frameOf, readyDataset, specFor, specOf } from '../support/runs.js';
import { followBySdk, followBySse, type Collected } from '../support/subscribers.js';
import { startApiProcess, type ApiProcess } from '../support/system.js';

jest.setTimeout(300_000);

const SEED = Number(process.env['FAULTS_SEED'] ?? 1);
const RUNS = 4;
const SUBSCRIBERS = 100;
const CUTS = 10;

/** The worker's part. */
let worker: TestApi;
let subject: ApiProcess;
let project: TestProject;
let dataset = '';

beforeAll(async () => {
  worker = await startApi();
  project = await newProject(worker);
  dataset = await readyDataset(worker, project.principal);
  subject = await startApiProcess();
});
afterAll(async () => {
  await subject.stop();
  await worker.stop();
});

const attempts = (): Attempts => worker.app.get(Attempts);

async function claim(runId: string): Promise<ClaimedAttempt> {
  const claimed = await attempts().claim(runId, 'w');
  if (!claimed) throw new Error('the run was not claimed');
  await attempts().started(claimed, { totalSteps: 1_000_000 });
  return claimed;
}

/** A new run that trains. */
async function begin(): Promise<ClaimedAttempt> {
  return claim((await worker.app.get(Runs).create(project.principal, specOf(dataset))).id);
}

const append = async (claimed: ClaimedAttempt, frames: readonly NewFrame[]): Promise<unknown> =>
  attempts().appendFrames(claimed, frames, await attempts().position(claimed));

const KEPT = 150;
const LOST = 210;

/** The loss of a step tells the attempt, so that one taken back is told from the one in its place. */
const lossOf = (step: number, attempt: number): number => attempt + step / 2 ** 20;

/**
 * Trains up to a step that is lost, goes back to a checkpoint, and trains on until it is told to end. Returns the last
 * step.
 */
async function train(first: ClaimedAttempt, ending: AbortSignal): Promise<number> {
  const advance = async (claimed: ClaimedAttempt, step: number): Promise<void> => {
    const frames = [1, 2, 3].map((i) => frameOf(step + i, { loss: lossOf(step + i, claimed.attempt) }));
    await append(claimed, frames);
    await delay(60);
  };
  for (let step = 0; step < LOST; step += 3) {
    await advance(first, step);
    if (step + 3 === KEPT) await storeCheckpoint(worker, first, { step: KEPT });
  }
  await attempts().release(first, 'its worker was shut down');
  const second = await claim(first.runId);
  let step = KEPT;
  for (; !ending.aborted; step += 3) await advance(second, step);
  await attempts().finish(second, { state: 'succeeded' });
  return step;
}

/** Cuts a road often: at random times, half of them in the middle of what the server says. */
async function cutOften(road: Road, random: () => number): Promise<void> {
  for (let i = 0; i < CUTS; i++) {
    await delay(random() * 1500);
    await road.cut(random() < 0.5 ? 0 : 1 + Math.floor(random() * 2000));
  }
}

test(`${SUBSCRIBERS} subscribers, each cut ${CUTS} times, have every frame once and in order`, async () => {
  const random = randomFrom(SEED);
  const ending = new AbortController();
  const giveUp = new AbortController();
  const claims = await Promise.all(Array.from({ length: RUNS }, begin));
  const trainings = claims.map((claimed) => train(claimed, ending.signal));
  const roads = await Promise.all(Array.from({ length: SUBSCRIBERS }, () => openRoad(subject.url)));
  const following = roads.map(({ url }, i) => {
    const runId = claims[i % RUNS]?.runId ?? '';
    const subscription = { url, apiKey: project.apiKey, runId, signal: giveUp.signal };
    return i % 10 < 3 ? followBySse(subscription) : followBySdk(subscription);
  });
  const cutting = roads.map((road) => cutOften(road, randomFrom(random() * 2 ** 32)));
  let last: number[];
  let collected: Collected[];
  try {
    await Promise.race([Promise.all(cutting), Promise.all(following)]);
    ending.abort();
    last = await Promise.all(trainings);
    collected = await Promise.all(following);
  } finally {
    ending.abort();
    giveUp.abort();
    await Promise.allSettled([...trainings, ...following]);
    await Promise.all(roads.map((road) => road.close()));
  }
  process.stdout.write(
    `seed ${SEED}: steps ${last.join(', ')}; connected again ${collected.reduce((sum, { reconnects }) => sum + reconnects, 0)} times\n`,
  );
  const client = new Gradstream({ url: subject.url, apiKey: project.apiKey });
  for (const [run, { runId }] of claims.entries()) {
    const expected = Array.from({ length: last[run] ?? 0 }, (_, i) => [
      i + 1,
      lossOf(i + 1, i < KEPT ? 1 : 2),
    ]);
    const stored: MetricPoint[] = [];
    for await (const point of pointsOf(client, runId)) stored.push(point);
    expect(stored.map(({ step, values }) => [step, values['loss']])).toEqual(expected);
    for (const { points, told, reconnects } of collected.filter((_, i) => i % RUNS === run)) {
      expect(points).toEqual(stored);
      expect(reconnects).toBeGreaterThanOrEqual(CUTS);
      const numbers = told.map(({ seq }) => seq);
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    }
  }
});

test('the same Idempotency-Key fifty times in parallel makes one run', async () => {
  const key = randomUUID();
  const send = async (): Promise<string> => {
    const response = await fetch(`${subject.url}/v1/runs`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${project.apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify(specFor(dataset, { name: key })),
    });
    const answer = (await response.json()) as { id: string; code?: string };
    if (response.status === 202) return answer.id;
    expect([response.status, answer.code]).toEqual([409, 'IDEMPOTENCY_IN_FLIGHT']);
    await delay(50);
    return send();
  };
  const ids = await Promise.all(Array.from({ length: 50 }, send));
  expect(new Set(ids).size).toBe(1);
  const { data } = await worker.app.get(Runs).list(project.principal, { limit: 100 });
  expect(data.filter(({ name }) => name === key)).toHaveLength(1);
});
