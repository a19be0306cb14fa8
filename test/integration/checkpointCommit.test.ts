// A failure before and after each step by which a checkpoint comes to exist: its files are noted, uploaded, held by a row.
// Whatever fails, the run's latest checkpoint can be loaded, no row names a file that is not there, and nothing is left.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { wholeCheckpointFiles } from '@gradstream/contracts';
import { CheckpointRepository, Database, DeletedObjectRepository, FrameRepository } from '@gradstream/data';
import {
  Attempts,
  CheckpointCommits,
  CheckpointRemoval,
  Cleanup,
  Runs,
  type ClaimedAttempt,
} from '@gradstream/domain';
import { Config, Logger, Storage } from '@gradstream/platform';
import { sql } from 'kysely';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatasetCache } from '../../apps/worker/src/files/datasetCache.js';
import { WorkerFolder } from '../../apps/worker/src/files/workerFolder.js';
import { RunFiles } from '../../apps/worker/src/runs/files.js';
import { CheckpointUploads, type CheckpointMessage } from '../../apps/worker/src/runs/uploads.js';
import { RunWriter } from '../../apps/worker/src/runs/writer.js';
import { retryWhileAway } from '../../apps/worker/src/support/retry.js';
import { startApi, type TestApi } from '../support/app.js';
import { contentOf } from '../support/checkpoints.js';
import { readyDataset, specOf } from '../support/runs.js';

let api: TestApi;
let files: RunFiles;
let dataset = '';
let folder = '';
/** Ends what a test changed. */
const restores: (() => void)[] = [];
const never = new AbortController().signal;

beforeAll(async () => {
  api = await startApi();
  const { app } = api;
  const worker = new WorkerFolder(app.get(Config), app.get(Logger));
  const cache = new DatasetCache(app.get(Config), app.get(Storage), worker, app.get(Logger));
  files = new RunFiles(worker, cache, app.get(Storage), app.get(CheckpointCommits));
  dataset = await readyDataset(api);
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gradstream-commit-'));
});
afterEach(async () => {
  for (const restore of restores.splice(0)) restore();
  await rm(folder, { recursive: true, force: true });
});
afterAll(async () => {
  await api.stop();
});

type Method = (...args: readonly unknown[]) => Promise<unknown>;

/** Puts something around a method of a provider until the test ends. */
function wrap(
  target: object,
  name: string,
  around: (original: Method, args: readonly unknown[]) => Promise<unknown>,
) {
  const original = (Reflect.get(target, name) as Method).bind(target);
  Reflect.set(target, name, (...args: readonly unknown[]) => around(original, args));
  restores.push(() => Reflect.deleteProperty(target, name)); // The prototype has it still.
}

/** A step of the commit. */
interface Place {
  readonly name: string;
  readonly owner: () => object;
  readonly method: string;
  /** Which of its calls fails. */
  readonly call: number;
  /** Before it, after it, or in its midst. */
  readonly when: 'before' | 'after' | 'amid';
}

/** Makes a step fail once; returns whether it has. */
function fail({ owner, method, call, when }: Place, error: Error): () => boolean {
  let calls = 0;
  wrap(owner(), method, async (original, args) => {
    if (++calls !== call) return original(...args);
    if (when === 'after') await original(...args);
    // As if S3 had stored a part of the file.
    if (when === 'amid') await api.app.get(Storage).putBytes(String(args[0]), Buffer.from('half'));
    throw error;
  });
  return () => calls >= call;
}

const of =
  <T extends object>(type: new (...args: never[]) => T) =>
  (): T =>
    api.app.get(type);
const steps: readonly [string, () => object, string, number][] = [
  ['the notes of its files', of(DeletedObjectRepository), 'plan', 1],
  ['the transaction of the notes', of(CheckpointCommits), 'plan', 1],
  ...wholeCheckpointFiles.map(
    (name, i) =>
      [`the upload of ${name}`, of(Storage), 'putFile', i + 1] as [string, () => object, string, number],
  ),
  ['the row', of(CheckpointRepository), 'insert', 1],
  ['taking the notes back', of(DeletedObjectRepository), 'keep', 1],
  ['the event', of(FrameRepository), 'append', 1],
  ['the removal of the one before', of(CheckpointRemoval), 'removeRows', 1],
  ['the transaction of the row', of(CheckpointCommits), 'commit', 1],
];
const places: readonly Place[] = steps.flatMap(([name, owner, method, call]) => {
  const whens =
    method === 'putFile' ? (['before', 'amid', 'after'] as const) : (['before', 'after'] as const);
  return whens.map((when) => ({ name, owner, method, call, when }));
});

/** Files of a checkpoint as a trainer writes them. */
async function written(step: number): Promise<CheckpointMessage> {
  const at = path.join(folder, `step-${step}`);
  await mkdir(at, { recursive: true });
  const made = wholeCheckpointFiles.map(async (name) => {
    const content = contentOf(name, step);
    const file = path.join(at, name);
    await writeFile(file, content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    return { name, file, bytes: content.byteLength, sha256 };
  });
  return { type: 'checkpoint', step, epoch: 1, files: await Promise.all(made), metrics: { loss: 1 / step } };
}

/** Brings checkpoints into the store as a session does; throws what makes it give up. */
async function store(claimed: ClaimedAttempt, messages: readonly CheckpointMessage[]): Promise<void> {
  const { app } = api;
  const failures: unknown[] = [];
  const shared = {
    sleep: () => Promise.resolve(),
    onPressure: () => undefined,
    onFailure: (error: unknown) => failures.push(error),
  };
  const parts = { attempts: app.get(Attempts), commits: app.get(CheckpointCommits) };
  const writer = new RunWriter(parts, claimed, shared);
  const uploads = new CheckpointUploads({
    ...shared,
    store: (message) => retryWhileAway(() => files.storeCheckpoint(claimed, message, never), shared),
    onStored: (stored) => {
      writer.checkpoint(stored);
    },
    policy: { keepLast: null, keepBest: 0, monitor: 'loss', mode: 'min' },
    discard: () => undefined,
  });
  for (const message of messages) uploads.add(message);
  await uploads.drained();
  await writer.drained().catch((error: unknown) => {
    if (!failures.includes(error)) throw error;
  });
  if (failures.length > 0) throw failures[0];
}

const query = <T>(statement: ReturnType<typeof sql<T>>): Promise<T[]> => {
  const database = api.app.get(Database);
  return database.asSystem(async () => (await statement.execute(database.query)).rows);
};

/** A run that keeps one checkpoint and has that of step 1, and the keys of everything that is stored for it. */
async function begin(): Promise<{ claimed: ClaimedAttempt; keys: Set<string> }> {
  const spec = specOf(dataset, { checkpoints: { keepLast: 1 } });
  const { id } = await api.app.get(Runs).create(api.principal, spec);
  const claimed = await api.app.get(Attempts).claim(id, 'w1');
  if (!claimed) throw new Error('the run was not claimed');
  await api.app.get(Attempts).started(claimed, { totalSteps: 10 });
  const keys = new Set<string>();
  wrap(api.app.get(Storage), 'putFile', (original, args) => {
    keys.add(String(args[0]));
    return original(...args);
  });
  await store(claimed, [await written(1)]);
  return { claimed, keys };
}

/** Keys and sizes that the rows of a run name. */
const held = ({ runId }: ClaimedAttempt) =>
  query(sql<{ key: string; bytes: number }>`
    SELECT file ->> 'objectKey' AS key, (file ->> 'bytes')::int AS bytes
    FROM checkpoints, jsonb_array_elements(files) AS file WHERE run_id = ${runId}`);

/** The step that the run's next attempt goes on from; its files are those that the trainer wrote. */
async function loadLatest(claimed: ClaimedAttempt): Promise<number> {
  const attempts = api.app.get(Attempts);
  await attempts.release(claimed, 'its worker was shut down');
  const next = await attempts.claim(claimed.runId, 'w2');
  const loaded = (await files.checkpoint(next ?? claimed, folder, never)) ?? '';
  const step = next?.resumeFrom?.step ?? 0;
  expect((await readdir(loaded)).sort()).toEqual([...wholeCheckpointFiles].sort());
  for (const name of wholeCheckpointFiles)
    expect(await readFile(path.join(loaded, name))).toEqual(contentOf(name, step));
  return step;
}

/** Removes what is due, a day later. */
async function cleanUp({ runId }: ClaimedAttempt): Promise<void> {
  await query(sql`UPDATE deleted_objects SET remove_after = now() WHERE object_key LIKE ${`%${runId}%`}`);
  while ((await api.app.get(Cleanup).cleanUp()).files > 0);
}

/** Every file that a row names is there, whole; of all that was ever stored for the run nothing else is. */
async function expectWhole(claimed: ClaimedAttempt, keys: ReadonlySet<string>): Promise<void> {
  const rows = await held(claimed);
  expect(rows).toHaveLength(wholeCheckpointFiles.length);
  for (const { key, bytes } of rows) expect(await api.app.get(Storage).stat(key)).toEqual({ bytes });
  const named = new Set(rows.map(({ key }) => key));
  for (const key of keys)
    if (!named.has(key)) expect([key, await api.app.get(Storage).stat(key)]).toEqual([key, null]);
}

describe.each(places)('$when $name', (place) => {
  test('a worker that dies leaves the last checkpoint whole, and nothing else', async () => {
    const { claimed, keys } = await begin();
    const reached = fail(place, new Error('the worker died'));
    await expect(store(claimed, [await written(2)])).rejects.toThrow('the worker died');
    expect(reached()).toBe(true);
    const committed = place.method === 'commit' && place.when === 'after';
    for (const { key, bytes } of await held(claimed))
      expect(await api.app.get(Storage).stat(key)).toEqual({ bytes });
    expect(await loadLatest(claimed)).toBe(committed ? 2 : 1);
    await cleanUp(claimed);
    await expectWhole(claimed, keys);
  });

  test('a service that is away for a moment costs nothing: the new checkpoint exists once', async () => {
    const { claimed, keys } = await begin();
    const reached = fail(place, Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
    await store(claimed, [await written(2)]);
    expect(reached()).toBe(true);
    const events = await query(sql`SELECT FROM run_frames
      WHERE run_id = ${claimed.runId} AND event ->> 'type' = 'checkpointed' AND step = 2`);
    expect(events).toHaveLength(1);
    expect(await loadLatest(claimed)).toBe(2);
    await cleanUp(claimed);
    await expectWhole(claimed, keys);
  });
});
