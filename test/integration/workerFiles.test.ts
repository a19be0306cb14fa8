// The worker's local files, with datasets in real S3: what is kept, what goes, what a killed worker leaves.

import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Config, createLog, loadConfig, Logger, Storage } from '@gradstream/platform';
import { Logger as NestLogger, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, watch } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatasetCache, type DatasetObject } from '../../apps/worker/src/files/datasetCache.js';
import { nameProcess } from '../../apps/worker/src/files/liveness.js';
import { WorkerFolder } from '../../apps/worker/src/files/workerFolder.js';

const MIB = 2 ** 20;
const never = new AbortController().signal;

let data = '';
let datasets: DatasetObject[];
const workers: INestApplicationContext[] = [];

@Module({})
class Files {}
NestLogger.overrideLogger(false);

/** A worker's files on real services; it may keep 2 MiB of datasets. */
async function worker(): Promise<{ folder: WorkerFolder; cache: DatasetCache; stop: () => Promise<void> }> {
  const config = loadConfig({ ...process.env, GRADSTREAM_DATA: data, WORKER_CACHE_MB: '2' });
  const app = await NestFactory.createApplicationContext({
    module: Files,
    providers: [
      { provide: Config, useValue: config },
      { provide: Logger, useValue: new Logger(createLog('test', 'silent')) },
      ...[Storage, WorkerFolder, DatasetCache],
    ],
  });
  workers.push(app);
  return { folder: app.get(WorkerFolder), cache: app.get(DatasetCache), stop: () => app.close() };
}

beforeAll(async () => {
  data = await mkdtemp(path.join(tmpdir(), 'gradstream-files-'));
  await worker();
  const contents = ['a', 'b', 'c'].map((letter) => Buffer.alloc(MIB, letter));
  datasets = contents.map((content) => {
    const sha256 = createHash('sha256').update(content).digest('hex');
    return { objectKey: `test/${sha256}`, sha256, bytes: content.byteLength };
  });
  const storage = workers[0]?.get(Storage);
  for (const [index, { objectKey }] of datasets.entries()) {
    await storage?.putBytes(objectKey, contents[index] ?? Buffer.alloc(0));
  }
});
beforeEach(async () => {
  data = await mkdtemp(path.join(tmpdir(), 'gradstream-files-'));
});
afterEach(async () => {
  await Promise.all(workers.splice(0).map((app) => app.close()));
  await rm(data, { recursive: true, force: true });
});

const dataset = (index: number): DatasetObject => datasets[index] as DatasetObject;
const kept = async (): Promise<string[]> => (await readdir(path.join(data, 'worker/datasets'))).sort();
const hashes = (...indices: number[]): string[] => indices.map((index) => dataset(index).sha256).sort();

describe('copies of datasets', () => {
  test('are fetched once, and the one not used for longest goes first', async () => {
    const { cache } = await worker();
    const use = async (index: number): Promise<void> => {
      const target = path.join(data, 'in-use');
      await cache.provide(dataset(index), target, never);
      expect((await readFile(target)).equals(Buffer.alloc(MIB, 'abc'[index]))).toBe(true);
      await rm(target);
    };
    await use(0);
    await use(1);
    expect(await kept()).toEqual(hashes(0, 1));
    // Away for this key: only a copy can be what is read.
    await cache.provide({ ...dataset(0), objectKey: 'test/none' }, path.join(data, 'again'), never);
    await rm(path.join(data, 'again'));
    await use(2);
    expect(await kept()).toEqual(hashes(0, 2));
  });

  test('of a whole dataset are fetched a few at a time, and room is made for them once', async () => {
    const { cache } = await worker();
    await cache.provide(dataset(1), path.join(data, 'before'), never);
    await rm(path.join(data, 'before'));
    const trim = jest.spyOn(cache, 'trim');
    const download = jest.spyOn(Storage.prototype, 'downloadTo');
    const files = ['first', 'second', 'third'].map((name, index) => ({ ...dataset(index), name }));
    const folder = path.join(data, 'whole');
    await mkdir(folder);
    await cache.provideAll(files, folder, never);
    // The copy that was there is in use by now; the two that are missing need as much as all copies may have.
    expect(trim.mock.calls).toEqual([[2 * MIB]]);
    expect(download).toHaveBeenCalledTimes(2);
    for (const [index, { name }] of files.entries())
      expect((await readFile(path.join(folder, name))).equals(Buffer.alloc(MIB, 'abc'[index]))).toBe(true);
    expect(await kept()).toEqual(hashes(0, 1, 2));
    jest.restoreAllMocks();
  });

  test('stay while they are in use, by any worker, and go when that is over', async () => {
    await (await worker()).cache.provide(dataset(0), path.join(data, 'first'), never);
    await (await worker()).cache.provide(dataset(1), path.join(data, 'second'), never);
    const { cache } = await worker();
    await cache.provide(dataset(2), path.join(data, 'third'), never);
    expect(await kept()).toEqual(hashes(0, 1, 2));
    await rm(path.join(data, 'second'));
    await cache.trim();
    expect(await kept()).toEqual(hashes(0, 2));
  });

  test('have their name only when they are what was checked', async () => {
    const { cache, folder } = await worker();
    const datasetsFolder = path.join(data, 'worker/datasets');
    await mkdir(datasetsFolder, { recursive: true });
    const names: (string | null)[] = [];
    const watcher = watch(datasetsFolder, (_, name) => names.push(name));
    const wrong = { ...dataset(0), sha256: 'f'.repeat(64) };
    await expect(cache.provide(wrong, path.join(data, 'target'), never)).rejects.toMatchObject({
      code: 'DATASET_UNREADABLE',
    });
    // Events come in order: after this one, there are none of before.
    await writeFile(path.join(datasetsFolder, 'last'), '');
    while (!names.includes('last')) await once(watcher, 'change');
    watcher.close();
    expect(names.filter((name) => name !== 'last')).toEqual([]);
    expect(await readdir(await folder.folder('downloads'))).toEqual([]);
    expect(existsSync(path.join(data, 'target'))).toBe(false);
  });

  test('are not waited for when that is given up', async () => {
    const { cache, folder } = await worker();
    const giveUp = new AbortController();
    const fetching = cache.provide(dataset(0), path.join(data, 'target'), giveUp.signal);
    giveUp.abort();
    await expect(fetching).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readdir(await folder.folder('downloads'))).toEqual([]);
    expect(await kept()).toEqual([]);
  });
});

test('a worker that starts removes what dead ones left, and nothing of those that live', async () => {
  const processes = path.join(data, 'worker/processes');
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
  const dead = await nameProcess(child.pid ?? 0);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const own = await nameProcess(process.pid);
  // Our number, but begun at another time: the process before us that had it.
  const before = own.replace(/\d+$/, '1');
  const living = await nameProcess(process.ppid);
  const elsewhere = 'another-host.1-1-1';
  for (const name of [dead, before, living, elsewhere]) {
    await mkdir(path.join(processes, name, 'attempts/run_1-1-x'), { recursive: true });
    await writeFile(path.join(processes, name, 'attempts/run_1-1-x/step-1.safetensors'), 'weights');
  }
  const { stop } = await worker();
  expect((await readdir(processes)).sort()).toEqual([own, living, elsewhere].sort());
  await stop();
  expect((await readdir(processes)).sort()).toEqual([living, elsewhere].sort());
});
