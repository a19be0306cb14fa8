// Subscribers that stop reading while 200 MB are published: the API, a process of its own, holds little for them, and
// when they read again they have every frame once and in order. This process plays the worker.

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { NewFrame } from '@gradstream/contracts';
import { Attempts, Runs, type ClaimedAttempt } from '@gradstream/domain';
import { setTimeout as delay } from 'node:timers/promises';
import { startApi, type TestApi } from '../support/app.js';
import { inspected, openMemoryProbe, type MemoryProbe } from '../support/heap.js';
import { byEvents, bySocket, type Connect, type Connection, type TakenPoint } from '../support/pausable.js';
import { newProject, type TestProject } from '../support/projects.js';
import { readyDataset, specOf } from '../support/runs.js';
import { startApiProcess, type ApiProcess } from '../support/system.js';

jest.setTimeout(300_000);

const MB = 10 ** 6;
const PUBLISHED = 200 * MB;
const MAX_GROWTH = 50 * MB;
/** Series of a frame, with long names, as deeply nested layers have them. */
const NESTED = Array.from({ length: 10 }, (_, depth) => `transformer_block_${depth}`).join('/');
const SERIES = Array.from({ length: 200 }, (_, i) => `${NESTED}/dense_${i}`);
/** Frames of one write. */
const WRITE = 100;
/** Frames that are read before a subscriber pauses. */
const BEFORE = 5;
const SAMPLE_MS = 1000;

let worker: TestApi;
let subject: ApiProcess;
let memory: MemoryProbe;
let project: TestProject;
let dataset = '';

beforeAll(async () => {
  worker = await startApi();
  project = await newProject(worker);
  dataset = await readyDataset(worker, project.principal);
  subject = await startApiProcess(inspected);
  memory = await openMemoryProbe(subject.api);
});
afterAll(async () => {
  memory.close();
  await subject.stop();
  await worker.stop();
});

const valueOf = (step: number, series: number): number => Math.sin(step * SERIES.length + series);

const frameOf = (step: number): NewFrame => ({
  ...{ kind: 'metrics', step, epoch: 1, time: new Date().toISOString(), series: SERIES },
  ...{ values: SERIES.map((_, series) => valueOf(step, series)), event: null },
});

async function begin(): Promise<ClaimedAttempt> {
  const run = await worker.app.get(Runs).create(project.principal, specOf(dataset));
  const attempts = worker.app.get(Attempts);
  const claimed = await attempts.claim(run.id, 'w');
  if (!claimed) throw new Error('the run was not claimed');
  await attempts.started(claimed, { totalSteps: 1_000_000 });
  return claimed;
}

/** A subscriber that goes on from its cursor whenever a connection ends. */
class Follower {
  readonly seqs: number[] = [];
  readonly steps: number[] = [];
  /** Points whose values are not those that were published. */
  wrong = 0;
  bytes = 0;
  connects = 0;
  #cursor: string | null = null;
  #done = false;
  #connection: Connection | null = null;

  constructor(
    private readonly connect: Connect,
    private readonly runId: string,
  ) {}

  open(): Connection {
    this.connects++;
    const { url } = subject;
    this.#connection = this.connect({
      ...{ url, apiKey: project.apiKey, runId: this.runId, after: this.#cursor },
      onBatch: ({ points, cursor, done }, bytes) => {
        this.bytes += bytes;
        this.#cursor = cursor;
        this.#done = done;
        for (const point of points) this.#take(point);
      },
    });
    return this.#connection;
  }

  /** Follows to the end of the run. */
  async toEnd(): Promise<void> {
    for (let connection = this.#connection ?? this.open(); ; connection = this.open()) {
      await connection.ended;
      if (this.#done) return;
    }
  }

  close(): void {
    this.#done = true;
    this.#connection?.close();
  }

  async until(points: number): Promise<void> {
    while (this.seqs.length < points) await delay(20);
  }

  #take({ seq, step, values }: TakenPoint): void {
    this.seqs.push(seq);
    this.steps.push(step);
    const found = Array.isArray(values)
      ? values.map(({ series, value }) => [series, value] as const)
      : Object.entries(values);
    const right = found.every(([name, value], at) => name === SERIES[at] && value === valueOf(step, at));
    if (!right || found.length !== SERIES.length) this.wrong++;
  }
}

/** Takes samples until the signal aborts; returns the highest ones. */
async function watch(signal: AbortSignal): Promise<{ live: number; resident: number }> {
  const peak = { live: 0, resident: 0 };
  do {
    await delay(SAMPLE_MS, undefined, { ref: false });
    peak.resident = Math.max(peak.resident, await memory.resident());
    peak.live = Math.max(peak.live, await memory.live());
  } while (!signal.aborted);
  return peak;
}

/** Steps that come to 200 MB in the shorter of the two forms. */
const LAST = Math.ceil(
  PUBLISHED / JSON.stringify(Object.fromEntries(SERIES.map((name) => [name, Math.PI]))).length,
);

/** Writes the steps as a worker does: a write follows the one before. */
async function publish(claimed: ClaimedAttempt): Promise<void> {
  const attempts = worker.app.get(Attempts);
  let position = await attempts.position(claimed);
  for (let step = BEFORE + 1; step <= LAST; step += WRITE) {
    const count = Math.min(WRITE, LAST - step + 1);
    const frames = Array.from({ length: count }, (_, i) => frameOf(step + i));
    position = await attempts.appendFrames(claimed, frames, position);
  }
}

const inMb = (bytes: number): string => (bytes / MB).toFixed(0);
const secondsSince = (began: number): string => ((performance.now() - began) / 1000).toFixed(0);

test('paused subscribers of 200 MB cost the API little, and lose nothing', async () => {
  const claimed = await begin();
  const attempts = worker.app.get(Attempts);
  const early = Array.from({ length: BEFORE }, (_, i) => frameOf(i + 1));
  await attempts.appendFrames(claimed, early, await attempts.position(claimed));
  const paused = [bySocket, byEvents].map((connect) => new Follower(connect, claimed.runId));
  const reader = new Follower(byEvents, claimed.runId);
  try {
    const stalled = paused.map((follower) => follower.open());
    const reading = reader.toEnd();
    await Promise.all([...paused, reader].map((follower) => follower.until(BEFORE)));
    for (const connection of stalled) connection.pause();
    const before = { live: await memory.live(), resident: await memory.resident() };
    const over = new AbortController();
    const watching = watch(over.signal);
    const began = performance.now();
    await publish(claimed);
    await attempts.finish(claimed, { state: 'succeeded' });
    const written = secondsSince(began);
    await reading;
    const read = secondsSince(began);
    over.abort();
    const peak = await watching;
    const growth = peak.live - before.live;
    const taken = paused.map(({ seqs }) => seqs.length);
    for (const connection of stalled) connection.resume();
    await Promise.all(paused.map((follower) => follower.toEnd()));
    process.stdout.write(
      `${inMb(reader.bytes)} MB in ${LAST} frames, written in ${written} s, read in ${read} s, by the paused ones in ` +
        `${secondsSince(began)} s. Heap ${inMb(before.live)} MB, at most ${(growth / MB).toFixed(1)} MB more; ` +
        `resident, with garbage, ${inMb(before.resident)} MB, at most ${inMb(peak.resident - before.resident)} MB more. ` +
        `The paused ones had ${taken.join(' and ')} frames, and connected ${paused.map(({ connects }) => connects).join(' and ')} times\n`,
    );
    expect(reader.bytes).toBeGreaterThanOrEqual(PUBLISHED);
    expect(growth).toBeLessThan(MAX_GROWTH);
    expect(Math.max(...taken)).toBeLessThan(LAST / 2); // They did not read meanwhile.
    const steps = Array.from({ length: LAST }, (_, i) => i + 1);
    for (const follower of [reader, ...paused]) {
      expect(follower.steps).toEqual(steps);
      expect(follower.seqs).toEqual([...new Set(follower.seqs)].sort((a, b) => a - b));
      expect(follower.wrong).toBe(0);
    }
  } finally {
    for (const follower of [...paused, reader]) follower.close();
  }
});
