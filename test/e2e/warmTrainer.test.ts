// The trainer that a worker keeps ready is the one that a run gets.

import { expect, jest, test } from '@jest/globals';
import { Gradstream } from '@gradstream/sdk';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { prepareDigits } from '../support/digits.js';
import { untilTrains } from '../support/history.js';
import { useSystem } from '../support/system.js';

jest.setTimeout(120_000);

const system = useSystem();

/** Waits until the worker has a child with TensorFlow in its memory, besides some. */
async function untilWarm(others: readonly number[] = []): Promise<number> {
  for (;;) {
    for (const pid of await system.worker.children()) {
      const maps = await readFile(`/proc/${pid}/maps`, 'utf8').catch(() => '');
      if (!others.includes(pid) && maps.includes('libtensorflow')) return pid;
    }
    await delay(20);
  }
}

test('a run trains in the process that was ready, and the next one has another', async () => {
  const client = new Gradstream({ url: system.url, apiKey: system.apiKey });
  const first = await untilWarm();
  const spec = { ...(await prepareDigits(client)), epochs: 5000 };
  const run = await client.runs.create(spec);
  await untilTrains(client, run.id);
  const second = await untilWarm([first]);
  expect(await system.worker.children()).toEqual([first, second]);
  await client.runs.cancel(run.id);
  for await (const { done } of client.runs.follow(run.id)) if (done) break;
  const next = await client.runs.create(spec);
  await untilTrains(client, next.id);
  expect((await system.worker.children()).at(0)).toBe(second);
  await client.runs.cancel(next.id);
});
