// Workers that are shut down or killed in the middle of a run, and a disk that is full.

import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Gradstream, type NewRun } from '@gradstream/sdk';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { prepareDigits } from '../support/digits.js';
import { lastWeights, readEvents, readSteps, untilEnd, untilTrains } from '../support/history.js';
import { runs } from '../support/processes.js';
import { startSystem, type Program, type System } from '../support/system.js';

jest.setTimeout(180_000);

let system: System;
let client: Gradstream;
let example: NewRun;
/** The one worker that runs. */
let worker: Program;

beforeAll(async () => {
  system = await startSystem({ WARM_TRAINERS: '0' }); // A worker's children are the trainers of runs.
  client = new Gradstream({ url: system.url, apiKey: system.apiKey, retries: 30 });
  example = await prepareDigits(client);
  worker = system.worker;
});
beforeEach(() => {
  if (!worker.running) worker = system.addWorker();
});
afterAll(async () => {
  await system.stop();
});

const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);

/** Kills the worker; its trainers end by themselves. Another takes its place. */
async function replaceKilled(): Promise<void> {
  const trainers = await worker.children();
  expect(trainers).toHaveLength(1);
  await worker.kill();
  while (trainers.some(runs)) await delay(20);
  worker = system.addWorker();
}

test('a worker that is shut down hands its run over, as often as it takes', async () => {
  const run = await client.runs.create({ ...example, name: 'handed over', epochs: 60 });
  // Were they counted as lost, the third would end the run.
  for (const attempt of [1, 2, 3]) {
    await untilTrains(client, run.id, attempt);
    const next = system.addWorker();
    await worker.stop();
    worker = next;
  }
  await untilEnd(client, run.id);
  const ended = await client.runs.get(run.id);
  expect([ended.state, ended.attempt, ended.totalSteps]).toEqual(['succeeded', 4, 60 * 45]);
  expect(await readSteps(client, run.id)).toEqual(upTo(60 * 45));
  const events = await readEvents(client, run.id);
  // Each goes on at the step at which the one before it stopped, and the last ends with the bytes of a run without stops.
  expect(events.filter((event) => event.type === 'rewound')).toEqual([]);
  const whole = await client.runs.create({ ...example, name: 'in one go', epochs: 60 });
  await untilEnd(client, whole.id);
  expect(await lastWeights(client, whole.id)).toEqual([expect.any(String), 60 * 45]);
  expect(await lastWeights(client, run.id)).toEqual(await lastWeights(client, whole.id));
  const ends = events.flatMap((event) => (event.type === 'stateChanged' ? [event.to] : []));
  expect(ends.filter((state) => state === 'succeeded')).toHaveLength(1);
  expect(ends.filter((state) => state === 'queued')).toHaveLength(3);
});

test('another worker takes over from one that was killed, and removes what it left', async () => {
  const run = await client.runs.create({ ...example, name: 'taken over', epochs: 60 });
  await untilTrains(client, run.id);
  const killed = String(worker.child.pid);
  await replaceKilled();
  await untilEnd(client, run.id);
  expect(await client.runs.get(run.id)).toMatchObject({ state: 'succeeded', attempt: 2 });
  expect(await readSteps(client, run.id)).toEqual(upTo(60 * 45));
  expect(await readEvents(client, run.id)).toContainEqual({ type: 'rewound', toStep: 0 });
  const folders = readdirSync(path.join(process.env['GRADSTREAM_DATA'] ?? '', 'worker/processes'));
  expect(folders.map((name) => name.split('-').at(-2))).toEqual([String(worker.child.pid)]);
  expect(folders.join()).not.toContain(killed);
});

test('a run whose workers are killed three times is given up', async () => {
  const run = await client.runs.create({ ...example, name: 'given up', epochs: 5000 });
  for (const attempt of [1, 2, 3]) {
    await untilTrains(client, run.id, attempt);
    await replaceKilled();
  }
  await untilEnd(client, run.id);
  expect(await client.runs.get(run.id)).toMatchObject({
    state: 'failed',
    attempt: 3,
    failure: { code: 'ATTEMPTS_EXHAUSTED' },
  });
});

/** A file system of a few MiB, or why there is none. */
function mountSmall(): { folder: string } | { reason: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'gradstream-small-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder], { stdio: 'pipe' });
    return { folder };
  } catch (error) {
    rmSync(folder, { recursive: true });
    return { reason: error instanceof Error ? error.message.trim() : String(error) };
  }
}

const small = mountSmall();
if ('reason' in small)
  process.stdout.write(`skipped, for it needs the right to mount: the full disk (${small.reason})\n`);

('folder' in small ? describe : describe.skip)('a disk that is full', () => {
  const folder = 'folder' in small ? small.folder : '';
  const filler = path.join(folder, 'filler');

  afterAll(async () => {
    try {
      await worker.stop();
    } finally {
      execFileSync('umount', ['--lazy', folder]); // Also when a process that failed still holds it.
      rmSync(folder, { recursive: true });
    }
  });

  /** Writes until nothing more fits. */
  function fill(): void {
    const file = openSync(filler, 'a');
    try {
      for (;;) writeSync(file, Buffer.alloc(4096));
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    } finally {
      closeSync(file);
    }
  }

  test('fails the run with the reason, whoever writes, and the worker goes on when there is room', async () => {
    await worker.stop();
    worker = system.addWorker({ GRADSTREAM_DATA: folder });
    const full = {
      state: 'failed',
      failure: { code: 'STORAGE_FULL', message: expect.stringContaining('free space') },
    };

    fill();
    const first = await client.runs.create({ ...example, name: 'no room for the dataset', epochs: 1 });
    await untilEnd(client, first.id);
    expect(await client.runs.get(first.id)).toMatchObject(full);

    rmSync(filler);
    const second = await client.runs.create({ ...example, name: 'no room for a checkpoint', epochs: 5000 });
    await untilTrains(client, second.id);
    fill();
    await untilEnd(client, second.id);
    const { failure } = await client.runs.get(second.id);
    expect({ state: 'failed', failure }).toMatchObject(full);
    expect(failure?.logTail).toEqual([]); // The reason is typed, so that the log adds nothing; nor does TensorFlow.

    rmSync(filler);
    const third = await client.runs.create({ ...example, name: 'room again', epochs: 1 });
    await untilEnd(client, third.id);
    expect(await client.runs.get(third.id)).toMatchObject({ state: 'succeeded', attempt: 1 });
    expect(worker.running).toBe(true);
  });
});
