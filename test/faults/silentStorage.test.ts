// S3 takes connections and answers nothing, which is worse than refusing them: its process is halted.

import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { Gradstream, type NewRun } from '@gradstream/sdk';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { prepareDigits } from '../support/digits.js';
import { readEvents, readSteps, untilEnd, untilTrains } from '../support/history.js';
import { startSystem, type Program, type System } from '../support/system.js';

jest.setTimeout(180_000);

let system: System;
let client: Gradstream;

const signalS3 = (signal: NodeJS.Signals): void => {
  const file = path.join(process.env['GRADSTREAM_DATA'] ?? '', 'run/s3.json');
  process.kill((JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid, signal);
};

beforeAll(async () => {
  system = await startSystem();
  client = new Gradstream({ url: system.url, apiKey: system.apiKey, retries: 30 });
});
afterEach(() => {
  signalS3('SIGCONT');
});
afterAll(async () => {
  await system.stop();
});

/** A run that has been taken on and waits for its dataset, which S3 does not give out. */
async function waitingRun(example: NewRun): Promise<string> {
  signalS3('SIGSTOP');
  const { id } = await client.runs.create({ ...example, epochs: 1 });
  while ((await client.runs.get(id)).state !== 'preparing') await delay(50);
  return id;
}

test('frames are stored meanwhile; the run ends when its checkpoints are', async () => {
  const run = await client.runs.create({ ...(await prepareDigits(client)), epochs: 60 });
  await untilTrains(client, run.id);
  signalS3('SIGSTOP');
  for await (const { points } of client.runs.follow(run.id)) {
    if (points.some(({ step }) => step === 60 * 45)) break;
  }
  expect((await client.runs.get(run.id)).state).toBe('running');
  signalS3('SIGCONT');
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
  await system.worker.stop();
  expect((await client.runs.get(id)).state).toBe('queued');
  signalS3('SIGCONT');
  const next: Program = system.addWorker();
  await untilEnd(client, id);
  expect(await client.runs.get(id)).toMatchObject({ state: 'succeeded', attempt: 2 });
  expect(next.running).toBe(true);
});
