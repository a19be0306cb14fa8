// What a worker does while a service is away for as long as it takes. S3 is halted: it takes connections and answers
// nothing, which is worse than refusing them.

import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { Gradstream, type NewRun } from '@gradstream/sdk';
import { setTimeout as delay } from 'node:timers/promises';
import { prepareDigits } from '../support/digits.js';
import { readEvents, readSteps, untilEnd, untilTrains } from '../support/history.js';
import { runs } from '../support/processes.js';
import { killService, signalService } from '../support/services.js';
import { startSystem, type Program, type System } from '../support/system.js';

jest.setTimeout(180_000);

let system: System;
let client: Gradstream;
/** The one worker that runs. */
let worker: Program;

beforeAll(async () => {
  system = await startSystem({ WARM_TRAINERS: '0' }); // A worker's children are the trainers of runs.
  client = new Gradstream({ url: system.url, apiKey: system.apiKey, retries: 30 });
  worker = system.worker;
});
beforeEach(() => {
  if (!worker.running) worker = system.addWorker();
});
afterEach(() => {
  signalService('s3', 'SIGCONT');
});
afterAll(async () => {
  await system.stop();
});

/** A run that has been taken on and waits for its dataset, which S3 does not give out. */
async function waitingRun(example: NewRun): Promise<string> {
  signalService('s3', 'SIGSTOP');
  const { id } = await client.runs.create({ ...example, epochs: 1 });
  while ((await client.runs.get(id)).state !== 'preparing') await delay(50);
  return id;
}

test('frames are stored meanwhile; the run ends when its checkpoints are', async () => {
  const run = await client.runs.create({ ...(await prepareDigits(client)), epochs: 60 });
  await untilTrains(client, run.id);
  signalService('s3', 'SIGSTOP');
  for await (const { points } of client.runs.follow(run.id)) {
    if (points.some(({ step }) => step === 60 * 45)) break;
  }
  expect((await client.runs.get(run.id)).state).toBe('running');
  signalService('s3', 'SIGCONT');
  await untilEnd(client, run.id);
  expect(await client.runs.get(run.id)).toMatchObject({ state: 'succeeded', attempt: 1 });
  expect(await readSteps(client, run.id)).toHaveLength(60 * 45);
  const stored = (await readEvents(client, run.id)).flatMap((event) =>
    event.type === 'checkpointed' ? [event.step] : [],
  );
  expect(stored).toEqual(Array.from({ length: 60 }, (_, i) => (i + 1) * 45));
});

test('a run that waits for its dataset is cancelled at once', async () => {
  const id = await waitingRun(await prepareDigits(client, 2));
  await client.runs.cancel(id);
  await untilEnd(client, id); // S3 is silent to the end of the test.
  expect(await client.runs.get(id)).toMatchObject({ state: 'cancelled', attempt: 1 });
});

test('a worker that waits for a dataset is shut down in time, and its run goes on elsewhere', async () => {
  const id = await waitingRun(await prepareDigits(client, 3));
  await worker.stop();
  expect((await client.runs.get(id)).state).toBe('queued');
  signalService('s3', 'SIGCONT');
  worker = system.addWorker();
  await untilEnd(client, id);
  expect(await client.runs.get(id)).toMatchObject({ state: 'succeeded', attempt: 2 });
});

test('checkpoints that wait hold the trainer, and a trainer that is held ends with its worker', async () => {
  const { id } = await client.runs.create({ ...(await prepareDigits(client)), epochs: 5000 });
  await untilTrains(client, id);
  signalService('s3', 'SIGSTOP');
  for (
    let last = 0, { step } = await client.runs.get(id);
    step !== last;
    { step } = await client.runs.get(id)
  ) {
    last = step;
    await delay(2000);
  }
  expect(await client.runs.get(id)).toMatchObject({ state: 'running', totalSteps: 5000 * 45 });
  expect((await client.runs.get(id)).step).toBeGreaterThanOrEqual(100 * 45);
  const trainers = await worker.children();
  expect(trainers.map(runs)).toEqual([true]);
  await worker.kill();
  while (trainers.some(runs)) await delay(20);
  await client.runs.cancel(id);
});

test('a worker is shut down in time while Postgres is away, and its run is taken over', async () => {
  const { id } = await client.runs.create({ ...(await prepareDigits(client)), epochs: 60 });
  await untilTrains(client, id);
  await killService('postgres', 25_000);
  await worker.stop();
  worker = system.addWorker();
  while (!(await fetch(`${system.url}/readyz`)).ok) await delay(100);
  await untilEnd(client, id);
  expect(await client.runs.get(id)).toMatchObject({ state: 'succeeded', attempt: 2 });
  expect(await readSteps(client, id)).toHaveLength(60 * 45);
});
