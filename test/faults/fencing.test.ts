// A worker that is stopped past its lease and then goes on: its run has another owner, and not one of its writes is stored.

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Gradstream, type NewRun } from '@gradstream/sdk';
import { prepareDigits } from '../support/digits.js';
import { lastWeights, readEvents, readSeries, untilEnd, untilTrains } from '../support/history.js';
import { startSystem, type System } from '../support/system.js';

jest.setTimeout(300_000);

let system: System;
let client: Gradstream;
let settings: NewRun;

beforeAll(async () => {
  system = await startSystem();
  client = new Gradstream({ url: system.url, apiKey: system.apiKey, retries: 60 });
  settings = {
    ...(await prepareDigits(client)),
    epochs: 400,
    checkpoints: { everySteps: 500, everyEpochs: null },
  };
});
afterAll(async () => {
  await system.stop();
});

test('its writes are refused, and the history is that of one run', async () => {
  const run = await client.runs.create({ ...settings, name: 'two owners' });
  await untilTrains(client, run.id);
  const { worker } = system;
  process.kill(worker.child.pid ?? 0, 'SIGSTOP');
  const next = system.addWorker();
  try {
    await untilTrains(client, run.id, 2);
  } finally {
    process.kill(worker.child.pid ?? 0, 'SIGCONT');
  }
  await untilEnd(client, run.id);
  const ended = await client.runs.get(run.id);
  expect(ended).toMatchObject({ state: 'succeeded', attempt: 2, step: 400 * 45 });
  expect(worker.output).toContain('this worker gives the run up');
  expect([worker.running, next.running]).toEqual([true, true]);

  const series = await readSeries(client, run.id);
  const losses = [...series].filter(([key]) => key.startsWith('loss '));
  expect(losses).toHaveLength(400 * 45);
  expect([...series.values()].every((values) => values.length === 1)).toBe(true);
  expect((await readEvents(client, run.id)).filter(({ type }) => type === 'rewound')).toHaveLength(1);

  const whole = await client.runs.create({ ...settings, name: 'one owner' });
  await untilEnd(client, whole.id);
  expect(await lastWeights(client, run.id)).toEqual(await lastWeights(client, whole.id));
});
