// Attempts that go on from a checkpoint: which one, and what readers see; the worker's part is played.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { wholeCheckpointFiles } from '@gradstream/contracts';
import { Database } from '@gradstream/data';
import {
  Attempts,
  CheckpointCommits,
  CheckpointRemoval,
  Checkpoints,
  Cleanup,
  RunFeed,
  RunForks,
  Runs,
  type ClaimedAttempt,
} from '@gradstream/domain';
import { Config, createLog, loadConfig, Logger, Storage } from '@gradstream/platform';
import { Logger as NestLogger, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { sql } from 'kysely';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatasetCache } from '../../apps/worker/src/files/datasetCache.js';
import { WorkerFolder } from '../../apps/worker/src/files/workerFolder.js';
import { RunFiles } from '../../apps/worker/src/runs/files.js';
import { startApi, type TestApi } from '../support/app.js';
import { contentOf, storeCheckpoint } from '../support/checkpoints.js';
import { claimedRun, frameOf, readyDataset } from '../support/runs.js';

jest.setTimeout(30_000);

let api: TestApi;
let dataset = '';
let folder = '';
const never = new AbortController().signal;

beforeAll(async () => {
  api = await startApi();
  dataset = await readyDataset(api);
  folder = await mkdtemp(path.join(tmpdir(), 'gradstream-resume-'));
  const config = loadConfig({ ...process.env, GRADSTREAM_DATA: folder });
  const providers = [
    { provide: Config, useValue: config },
    { provide: Logger, useValue: new Logger(createLog('test', 'silent')) },
    { provide: Storage, useValue: storage() },
    { provide: CheckpointCommits, useValue: commits() },
    ...[WorkerFolder, DatasetCache, RunFiles],
  ];
  worker = await NestFactory.createApplicationContext({ module: WorkerFiles, providers });
});
afterAll(async () => {
  await worker.close();
  await rm(folder, { recursive: true });
  await api.stop();
});

const attempts = (): Attempts => api.app.get(Attempts);
const commits = (): CheckpointCommits => api.app.get(CheckpointCommits);
const storage = (): Storage => api.app.get(Storage);
let worker: INestApplicationContext;
const runFiles = (): RunFiles => worker.get(RunFiles);

@Module({})
class WorkerFiles {}
NestLogger.overrideLogger(false);

/** Runs a statement as the system; returns how many rows it changed. */
async function run(statement: ReturnType<typeof sql>): Promise<number> {
  const database = api.app.get(Database);
  const { numAffectedRows } = await database.asSystem(() => statement.execute(database.query));
  return Number(numAffectedRows ?? 0);
}

/** A run that has told some steps. */
async function trained(...steps: number[]): Promise<ClaimedAttempt> {
  const claim = await claimedRun(api, dataset);
  await tell(claim, steps);
  return claim;
}

async function tell(claim: ClaimedAttempt, steps: readonly number[]): Promise<void> {
  await attempts().started(claim, { totalSteps: 100 });
  const frames = steps.map((step) => frameOf(step, { loss: 10 * claim.attempt + step }));
  await attempts().appendFrames(claim, frames, await attempts().position(claim));
}

/** Gives a run back and takes it on again. */
async function again(claim: ClaimedAttempt): Promise<ClaimedAttempt> {
  await attempts().release(claim, 'shut down');
  const next = await attempts().claim(claim.runId, 'w2');
  if (!next) throw new Error('the run was not claimed');
  return next;
}

/** Loss by step in the stitched view. */
async function lossOf({ runId }: ClaimedAttempt): Promise<unknown[]> {
  const { points } = await api.app.get(RunFeed).metrics(api.principal, runId);
  return points.map(({ step, values }) => [step, values['loss']]);
}

const rewindsOf = async ({ runId }: ClaimedAttempt): Promise<number[]> => {
  const { events } = await api.app.get(RunFeed).events(api.principal, runId);
  return events.flatMap(({ event }) => (event.type === 'rewound' ? [event.toStep] : []));
};

describe('an attempt', () => {
  test('goes on from the last whole checkpoint, and later frames of the one before are taken back', async () => {
    const first = await trained(1, 2, 3, 4);
    await storeCheckpoint(api, first, { step: 2, metrics: { loss: 12, valLoss: 5 } });
    await storeCheckpoint(api, first, { step: 3, names: ['model.safetensors'] }); // Weights alone.
    const { cursor } = await api.app.get(RunFeed).metrics(api.principal, first.runId);
    const second = await again(first);
    expect(second.resumeFrom).toMatchObject({ step: 2 });
    expect(second.resumeFrom?.files.map(({ name }) => name)).toEqual([...wholeCheckpointFiles]);
    expect(await api.app.get(Runs).get(api.principal, first.runId)).toMatchObject({
      step: 2,
      epoch: 1,
      metrics: { loss: 12, valLoss: 5 },
    });
    await tell(second, [3, 4, 5]);
    const expected = [11, 12, 23, 24, 25].map((loss, i) => [i + 1, loss]);
    expect(await lossOf(first)).toEqual(expected);
    expect(await rewindsOf(first)).toEqual([2]);
    const rest = await api.app.get(RunFeed).metrics(api.principal, first.runId, { after: cursor });
    expect([rest.rewoundTo, rest.points.map(({ step }) => step)]).toEqual([2, [3, 4, 5]]);
  });

  test('after a checkpoint of the very last step takes nothing back', async () => {
    const first = await trained(1, 2);
    await storeCheckpoint(api, first, { step: 2 });
    const second = await again(first);
    expect(await rewindsOf(second)).toEqual([]);
    await tell(second, [3]);
    expect(await lossOf(second)).toEqual([
      [1, 11],
      [2, 12],
      [3, 23],
    ]);
  });

  test('never goes on from what a later attempt has taken back', async () => {
    const first = await trained(1, 2, 3, 4);
    for (const step of [2, 4]) await storeCheckpoint(api, first, { step });
    await run(sql`UPDATE checkpoints SET resumable = false WHERE run_id = ${first.runId} AND step = 4`);
    const second = await again(first); // From 2: what was at 4 is gone.
    await run(sql`UPDATE checkpoints SET resumable = true WHERE run_id = ${first.runId}`);
    expect((await again(second)).resumeFrom?.step).toBe(2);
  });
});

describe('the files of a checkpoint', () => {
  test('come into the folder of the attempt as they were committed', async () => {
    const first = await trained(1, 2);
    await storeCheckpoint(api, first, { step: 2 });
    const second = await again(first);
    const found = (await runFiles().checkpoint(second, folder, never)) ?? '';
    expect(path.basename(found)).toBe('step-2');
    for (const name of wholeCheckpointFiles)
      expect(await readFile(path.join(found, name))).toEqual(contentOf(name, 2));
    expect(await runFiles().checkpoint(first, folder, never)).toBeUndefined();
  });

  test('that are gone or changed end the attempt with the reason', async () => {
    const first = await trained(1);
    const [weights = '', state = ''] = await storeCheckpoint(api, first, { step: 1 });
    const second = await again(first);
    await storage().putBytes(state, Buffer.from('something else'));
    const refused = { code: 'CHECKPOINT_INVALID' };
    await expect(runFiles().checkpoint(second, folder, never)).rejects.toMatchObject(refused);
    await storage().remove(weights);
    await expect(runFiles().checkpoint(second, folder, never)).rejects.toMatchObject(refused);
  });

  test('go into the storage, and are deleted here when all are there', async () => {
    const claim = await trained(1);
    const [present, late] = [path.join(folder, 'present'), path.join(folder, 'late')];
    await writeFile(present, 'w');
    const files = [
      { name: 'model.safetensors' as const, file: present, bytes: 1, sha256: '5'.repeat(64) },
      { name: 'state.safetensors' as const, file: late, bytes: 1, sha256: '6'.repeat(64) },
    ];
    const message = { type: 'checkpoint' as const, step: 1, epoch: 1, metrics: {}, files };
    await expect(runFiles().storeCheckpoint(claim, message, never)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readFile(present, 'utf8')).toBe('w'); // Another try needs it.
    await writeFile(late, 's');
    const stored = await runFiles().storeCheckpoint(claim, message, never);
    for (const { objectKey } of stored) expect(await storage().stat(objectKey)).toEqual({ bytes: 1 });
    await expect(readFile(present)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('of which no row came to be are removed after a day; those of a row stay', async () => {
    const claim = await trained(1, 2);
    const kept = await storeCheckpoint(api, claim, { step: 1 });
    const weights = { name: 'model.safetensors', bytes: 1, sha256: '7'.repeat(64) };
    const left = await commits().plan(claim, 2, [weights]);
    const key = left[0]?.objectKey ?? '';
    await storage().putBytes(key, Buffer.from('x'));
    await api.app.get(Cleanup).cleanUp();
    expect(await storage().stat(key)).toEqual({ bytes: 1 });
    expect(await run(sql`UPDATE deleted_objects SET remove_after = now() WHERE object_key = ${key}`)).toBe(1);
    await api.app.get(Cleanup).cleanUp();
    expect(await storage().stat(key)).toBeNull();
    for (const objectKey of kept) expect(await storage().stat(objectKey)).not.toBeNull();
    const late = { step: 2, epoch: 1, files: left, metrics: {} };
    await expect(commits().commit(claim, late)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('of a row stay when they are planned again and no commit follows', async () => {
    const claim = await trained(1);
    const keys = await storeCheckpoint(api, claim, { step: 1 });
    const files = wholeCheckpointFiles.map((name) => {
      const content = contentOf(name, 1);
      const sha256 = createHash('sha256').update(content).digest('hex');
      return { name, bytes: content.byteLength, sha256 };
    });
    expect((await commits().plan(claim, 1, files)).map(({ objectKey }) => objectKey)).toEqual(keys);
    await run(sql`UPDATE deleted_objects SET remove_after = now()`);
    await api.app.get(Cleanup).cleanUp();
    for (const key of keys) expect(await storage().stat(key)).not.toBeNull();
  });

  test('that the storage refuses to remove hold up no other, and are tried again later', async () => {
    const claim = await trained(1);
    const [stuck = '', other = ''] = await storeCheckpoint(api, claim, { step: 1 });
    await attempts().finish(claim, { state: 'succeeded' });
    const { data } = await api.app.get(Checkpoints).list(api.principal, claim.runId, { limit: 10 });
    await api.app.get(CheckpointRemoval).remove(api.principal, data[0]?.id ?? '');
    const remove = storage().remove.bind(storage());
    jest.spyOn(storage(), 'remove').mockImplementation(async (key) => {
      if (key === stuck) throw new Error('Access denied');
      await remove(key);
    });
    await api.app.get(Cleanup).cleanUp();
    expect([await storage().stat(stuck), await storage().stat(other)]).toEqual([expect.anything(), null]);
    jest.restoreAllMocks();
    await api.app.get(Cleanup).cleanUp();
    expect(await storage().stat(stuck)).not.toBeNull(); // It waits.
    await run(sql`UPDATE deleted_objects SET remove_after = now()`);
    await api.app.get(Cleanup).cleanUp();
    expect(await storage().stat(stuck)).toBeNull();
  });

  test('that are stored again for their step stay, whatever was noted meanwhile', async () => {
    const claim = await trained(1);
    const keys = await storeCheckpoint(api, claim, { step: 1 });
    expect(await storeCheckpoint(api, claim, { step: 1 })).toEqual(keys);
    await run(sql`UPDATE deleted_objects SET remove_after = now()`);
    await api.app.get(Cleanup).cleanUp();
    for (const key of keys) expect(await storage().stat(key)).not.toBeNull();
    // Nor is there a note left that a deletion would stumble over.
    await attempts().finish(claim, { state: 'succeeded' });
    const { data } = await api.app.get(Checkpoints).list(api.principal, claim.runId, { limit: 10 });
    await api.app.get(CheckpointRemoval).remove(api.principal, data[0]?.id ?? '');
    await api.app.get(Cleanup).cleanUp();
    for (const key of keys) expect(await storage().stat(key)).toBeNull();
  });

  test('with other weights take the place of those of the same step: the best ones, at the end', async () => {
    const claim = await trained(1);
    const first = await storeCheckpoint(api, claim, { step: 1, metrics: { valLoss: 2 } });
    const list = () => api.app.get(Checkpoints).list(api.principal, claim.runId, { limit: 10 });
    const [before] = (await list()).data;
    const sha256 = createHash('sha256').update('x').digest('hex');
    const planned = await commits().plan(claim, 1, [{ name: 'model.safetensors', bytes: 1, sha256 }]);
    await storage().putBytes(planned[0]?.objectKey ?? '', Buffer.from('x'));
    await commits().commit(claim, { step: 1, epoch: 1, files: planned, metrics: { valLoss: 1 } });
    expect((await list()).data).toEqual([
      { ...before, bytes: 1, sha256, metrics: { valLoss: 1 }, resumable: false, files: [expect.anything()] },
    ]);
    // Who was given the first ones still finds them, for a while.
    await api.app.get(Cleanup).cleanUp();
    for (const key of first) expect(await storage().stat(key)).not.toBeNull();
    await run(sql`UPDATE deleted_objects SET remove_after = now()`);
    await api.app.get(Cleanup).cleanUp();
    expect(await storage().stat(planned[0]?.objectKey ?? '')).toEqual({ bytes: 1 });
    for (const key of first) expect(await storage().stat(key)).toBeNull();
  });

  test('that take the place of others are told of again, and keep pins and forks; a fork on its way has the old ones', async () => {
    const claim = await trained(1);
    await storeCheckpoint(api, claim, { step: 1 });
    const list = async () =>
      (await api.app.get(Checkpoints).list(api.principal, claim.runId, { limit: 10 })).data;
    const id = (await list())[0]?.id ?? '';
    const forks = [];
    for (let i = 0; i < 2; i++)
      forks.push(
        await api.app.get(RunForks).fork(api.principal, claim.runId, { checkpoint: id, changes: {} }),
      );
    await api.app.get(Checkpoints).update(api.principal, id, { pinned: true });
    const [early, late] = forks.map((fork) => fork.id);
    const claimed = await attempts().claim(early ?? '', 'w2');
    const best = await storeCheckpoint(api, claim, { step: 1, contentStep: 7 });
    await api.app.get(Cleanup).cleanUp();
    expect(await list()).toMatchObject([{ id, pinned: true, resumable: true }]);
    const found = (claimed && (await runFiles().checkpoint(claimed, folder, never))) ?? '';
    for (const name of wholeCheckpointFiles)
      expect(await readFile(path.join(found, name))).toEqual(contentOf(name, 1));
    const next = await attempts().claim(late ?? '', 'w2');
    expect(next?.resumeFrom?.files.map(({ objectKey }) => objectKey)).toEqual(best);
    const { events } = await api.app.get(RunFeed).events(api.principal, claim.runId);
    const told = events.flatMap(({ event }) => (event.type === 'checkpointed' ? [event] : []));
    expect(told.map(({ checkpointId, step }) => [checkpointId, step])).toEqual([
      [id, 1],
      [id, 1],
    ]);
  });

  test('are one row: a commit whose answer was lost makes no other', async () => {
    const claim = await trained(1);
    const weights = { name: 'model.safetensors', bytes: 1, sha256: '8'.repeat(64) };
    const stored = {
      step: 1,
      epoch: 1,
      files: await commits().plan(claim, 1, [weights]),
      metrics: { loss: 1 },
    };
    await commits().commit(claim, stored);
    await commits().commit(claim, stored);
    const { data } = await api.app.get(Checkpoints).list(api.principal, claim.runId, { limit: 10 });
    expect(data).toMatchObject([{ step: 1, resumable: false, metrics: { loss: 1 }, bytes: 1 }]);
  });
});
