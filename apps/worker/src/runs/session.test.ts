// A session with a process that speaks the trainer's protocol, a store that notes what comes, and a storage that can
// be away. The same on real services: test/faults.

import { describe, expect, jest, test } from '@jest/globals';
import { GradstreamError, type NewFrame } from '@gradstream/contracts';
import type { ClaimedAttempt, Outcome, StoredCheckpoint } from '@gradstream/domain';
import { createLog } from '@gradstream/platform';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WarmTrainers } from '../trainer/warm.js';
import type { Breach } from './outcome.js';
import { RunSession, type RunAttempts } from './session.js';

jest.setTimeout(30_000);
const WAIT_MS = 20_000;

const away = (): GradstreamError => new GradstreamError('SERVICE_UNAVAILABLE', 'away');

/** Notes what a session writes, in order. */
class Notes implements RunAttempts {
  readonly steps: number[] = [];
  readonly lines: string[] = [];
  /** Steps of checkpoints, then how it ended. */
  readonly written: (number | string)[] = [];
  outcome: Outcome | null = null;

  heartbeat = (): Promise<null> => Promise.resolve(null);
  started = (): Promise<void> => Promise.resolve();
  position = (): Promise<number> => Promise.resolve(this.steps.length);
  appendFrames = (_: ClaimedAttempt, frames: readonly NewFrame[]): Promise<number> => {
    this.steps.push(...frames.filter(({ kind }) => kind !== 'event').map(({ step }) => step));
    this.lines.push(...frames.flatMap(({ event }) => (event?.type === 'log' ? [event.message] : [])));
    return this.position();
  };
  commit = (_: ClaimedAttempt, { step }: StoredCheckpoint): Promise<void> => {
    this.written.push(step);
    return Promise.resolve();
  };
  finish = (_: ClaimedAttempt, outcome: Outcome): Promise<void> => {
    this.outcome = outcome;
    this.written.push(outcome.state);
    return Promise.resolve();
  };
  release = (_: ClaimedAttempt, cause: string): Promise<void> => {
    this.written.push(cause);
    return Promise.resolve();
  };
}

/** The storage is there, away (refuses), or silent (never answers). */
type StorageState = 'there' | 'away' | 'silent';

/** Files of an attempt, and the storage behind them. */
class Files {
  datasets: StorageState = 'there';
  checkpoints: StorageState = 'there';
  /** How often a checkpoint, or a dataset that is not there, was asked for. */
  asked = 0;
  #underWay = 0;
  mostUnderWay = 0;

  open = (): Promise<string> => mkdtemp(path.join(tmpdir(), 'gradstream-session-'));
  close = (folder: string): Promise<void> => rm(folder, { recursive: true });
  dataset = async (_: ClaimedAttempt, folder: string, signal: AbortSignal): Promise<string> => {
    if (this.datasets !== 'there') this.asked++;
    await this.#ask(() => this.datasets, signal);
    return folder;
  };
  checkpoint = ({ resumeFrom }: ClaimedAttempt, folder: string): Promise<string | undefined> =>
    Promise.resolve(resumeFrom ? path.join(folder, `step-${resumeFrom.step}`) : undefined);
  discard = (): Promise<void> => Promise.resolve();
  storeCheckpoint = async (_: ClaimedAttempt, __: object, signal: AbortSignal): Promise<[]> => {
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.#underWay);
    try {
      this.asked++;
      await this.#ask(() => this.checkpoints, signal);
      return [];
    } finally {
      this.#underWay--;
    }
  };

  async #ask(state: () => StorageState, signal: AbortSignal): Promise<void> {
    await delay(1);
    if (state() === 'away') throw away();
    if (state() === 'silent') await delay(2 ** 30, undefined, { signal });
  }
}

function sessionOf(
  name: string,
  resumeFrom: ClaimedAttempt['resumeFrom'] = null,
  limits: ClaimedAttempt['spec']['limits'] = { seconds: null, memoryBytes: null },
) {
  const [notes, files] = [new Notes(), new Files()];
  const program = path.join(import.meta.dirname, 'fixtures/trainer.mjs');
  const trainer = { tensorflowDir: '', threads: 1 };
  const trainers = new WarmTrainers({ program, cwd: tmpdir(), count: 0, ...trainer });
  const claimed = {
    runId: 'run_1',
    attempt: 1,
    spec: { name, limits, checkpoints: { keepLast: null } },
    resumeFrom,
    specSha256: 'a'.repeat(64),
    secondsSpent: 100,
  } as ClaimedAttempt; // The fixture reads the name alone.
  const session = new RunSession(
    { attempts: notes, commits: notes, files, log: createLog('test', 'silent'), trainers, trainer },
    claimed,
  );
  return { session, notes, files };
}

/** Waits for something that happens without our doing. Gives up when it does not, so that nothing is left behind. */
async function until(happened: () => boolean): Promise<void> {
  const last = Date.now() + WAIT_MS;
  while (!happened()) {
    if (Date.now() > last) throw new Error('what the test waits for does not happen');
    await delay(5);
  }
}

describe('while the storage is away', () => {
  test('frames are stored all the same, then checkpoints in order, then the end', async () => {
    const { session, notes, files } = sessionOf('five steps');
    files.checkpoints = 'away';
    const running = session.run();
    await until(() => notes.steps.length === 5);
    const before = [...notes.written];
    files.checkpoints = 'there';
    await running;
    expect(notes.steps).toEqual([1, 2, 3, 4, 5]);
    expect(before).toEqual([]);
    expect(notes.written).toEqual([1, 2, 3, 4, 5, 'succeeded']);
    expect(files.mostUnderWay).toBe(1);
  });

  test('a hundred checkpoints that wait hold the trainer, until half of them are stored', async () => {
    const { session, notes, files } = sessionOf('until it is held');
    files.checkpoints = 'away';
    const running = session.run();
    await until(() => notes.steps.at(-1) === 0);
    const made = notes.steps.length - 1;
    files.checkpoints = 'there';
    await running;
    expect(made).toBeGreaterThan(100);
    expect(notes.written).toEqual([...Array.from({ length: made }, (_, i) => i + 1), 'succeeded']);
  });

  test.each([
    ['cancel', 'away', 'cancelled'],
    ['cancel', 'silent', 'cancelled'],
    ['shutdown', 'away', 'its worker was shut down'],
    ['shutdown', 'silent', 'its worker was shut down'],
  ] as const)('a %s ends a preparation (storage %s)', async (cause, storage, end) => {
    const { session, notes, files } = sessionOf('five steps');
    files.datasets = storage;
    const running = session.run();
    await until(() => files.asked > 0);
    session.stop(cause);
    await running;
    expect([notes.steps, notes.written]).toEqual([[], [end]]);
  });

  test.each([
    ['cancel', 'away', 'cancelled'],
    ['shutdown', 'silent', 'its worker was shut down'],
  ] as const)('a %s does not wait for checkpoints (storage %s)', async (cause, storage, end) => {
    const { session, notes, files } = sessionOf('until it is stopped');
    files.checkpoints = storage;
    const running = session.run();
    await until(() => notes.steps.length === 1 && files.asked > 0);
    session.stop(cause);
    await running;
    expect(notes.written).toEqual([end]);
  });
});

test('a cancel while a pause waits for its checkpoint ends the run', async () => {
  const { session, notes, files } = sessionOf('until it is stopped');
  files.checkpoints = 'silent';
  const running = session.run();
  await until(() => notes.steps.length === 1 && files.asked > 0);
  session.stop('pause');
  session.stop('cancel');
  await running;
  expect(notes.written).toEqual(['cancelled']);
});

/** What a session is stopped with at its limit of time. */
const TIMED_OUT: Breach = {
  type: 'failed',
  code: 'TIME_LIMIT',
  message: 'the run took too long',
  errors: [],
};

test('a cancel while a limit of time waits for its checkpoint ends the run', async () => {
  const { session, notes, files } = sessionOf('until it is stopped');
  files.checkpoints = 'silent';
  const running = session.run();
  await until(() => notes.steps.length === 1 && files.asked > 0);
  session.stop(TIMED_OUT);
  session.stop('cancel');
  await running;
  expect(notes.written).toEqual(['cancelled']);
});

test.each([
  ['cancel', { state: 'cancelled' }],
  ['shutdown', { state: 'failed', failure: { code: 'TIME_LIMIT' } }],
] as const)('a %s ends by force a trainer that does not stop at its limit of time', async (cause, end) => {
  const { session, notes } = sessionOf('never stops');
  const running = session.run();
  await until(() => notes.steps.length === 1);
  jest.useFakeTimers({ now: Date.now() });
  session.stop(TIMED_OUT);
  session.stop(cause);
  jest.advanceTimersByTime(8000);
  jest.useRealTimers();
  await running;
  expect(notes.outcome).toMatchObject(end);
});

test('a pause ends no trainer by force, a cancel after it does', async () => {
  const { session, notes } = sessionOf('never stops');
  const running = session.run();
  await until(() => notes.steps.length === 1);
  jest.useFakeTimers({ now: Date.now() });
  session.stop('pause');
  jest.advanceTimersByTime(3_600_000);
  session.stop('cancel');
  jest.advanceTimersByTime(8000);
  jest.useRealTimers();
  await running;
  expect(notes.outcome).toMatchObject({ state: 'cancelled' });
});

test('a pause waits for the storage, then gives the run back', async () => {
  const { session, notes, files } = sessionOf('until it is stopped');
  files.checkpoints = 'away';
  const running = session.run();
  await until(() => notes.steps.length === 1 && files.asked > 0);
  session.stop('pause');
  files.checkpoints = 'there';
  await running;
  expect(notes.written).toEqual([1, 'resumed before it had paused']);
});

test('a trainer goes on from the checkpoint that it is given', async () => {
  const { session, notes } = sessionOf('begins at step 7', { step: 7, files: [] });
  await session.run();
  expect([notes.steps, notes.written]).toEqual([[8], ['succeeded']]);
});

test('a limit of time ends the run when its last checkpoint is stored', async () => {
  const { session, notes } = sessionOf('until it is stopped', null, { seconds: 101, memoryBytes: null });
  await session.run();
  expect(notes.written).toEqual([1, 'failed']);
  expect(notes.outcome).toMatchObject({ failure: { code: 'TIME_LIMIT', signal: null } });
});

test('a limit of memory ends the trainer at once', async () => {
  const { session, notes } = sessionOf('until it is stopped', null, { seconds: null, memoryBytes: 2 ** 20 });
  await session.run();
  expect(notes.outcome).toMatchObject({ state: 'failed', failure: { code: 'MEMORY_LIMIT' } });
});

test('what a trainer writes becomes the log of its run', async () => {
  const { session, notes } = sessionOf('writes a line');
  await session.run();
  expect(notes.lines).toEqual(['a warning']);
});

test('a trainer that begins at another step than its run fails it', async () => {
  const { session, notes } = sessionOf('begins at step 7');
  await session.run();
  expect(notes.outcome).toMatchObject({ state: 'failed', failure: { code: 'TRAINER_PROTOCOL' } });
});

test('a trainer that breaks the protocol fails its run with a code of its own', async () => {
  const { session, notes } = sessionOf('gibberish');
  await session.run();
  expect(notes.outcome).toMatchObject({
    state: 'failed',
    failure: { code: 'TRAINER_PROTOCOL', signal: null },
  });
});
