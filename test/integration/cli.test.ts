// The command line as its user starts it: a process on the API of this test; the workers' part is played.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Attempts } from '@gradstream/domain';
import { Gradstream } from '@gradstream/sdk';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DatasetChecker } from '../../apps/worker/src/datasets/check.js';
import { openFile } from '../../apps/cli/src/datasetFiles.js';
import type { WorkerFolder } from '../../apps/worker/src/files/workerFolder.js';
import { startApi, type TestApi } from '../support/app.js';
import { checkerOf } from '../support/checks.js';
import { runCli, type Written } from '../support/cli.js';
import { storeCheckpoint } from '../support/checkpoints.js';
import { newProject, populate, type Ids } from '../support/projects.js';
import { claimedRun, frameOf, readyDataset } from '../support/runs.js';

jest.setTimeout(120_000);

const MIB = 2 ** 20;

let api: TestApi;
let client: Gradstream;
let ids: Ids;
let checker: DatasetChecker;
let worker: WorkerFolder;
let folder = '';

beforeAll(async () => {
  api = await startApi();
  client = new Gradstream({ url: api.url, apiKey: api.apiKey });
  ids = await populate(api, api.principal);
  ({ checker, folder: worker } = checkerOf(api));
  folder = await mkdtemp(path.join(tmpdir(), 'gradstream-cli-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await rm(path.dirname(await worker.folder('checks')), { recursive: true, force: true });
  await api.stop();
});

/** What a command wrote, and its exit code. */
const run = (args: readonly string[], apiKey = api.apiKey): Promise<Written> =>
  runCli(args, { url: api.url, apiKey });

test('lists that are empty say so, and what to do', async () => {
  const { apiKey } = await newProject(api);
  for (const [noun, word] of [
    ['datasets', 'No datasets yet. Upload one: npm run gradstream -- datasets upload FILE'],
    ['models', 'No models yet.'],
    ['runs', 'No runs yet.'],
  ] as const) {
    const { code, out } = await run([noun, 'list'], apiKey);
    expect([code, out.length]).toEqual([0, 1]);
    expect(out[0]).toContain(word);
  }
  expect((await run(['runs', 'list', '--tag', 'none'], apiKey)).out).toEqual([
    'No run matches. All runs: npm run gradstream -- runs list',
  ]);
});

test('lists go on where the page before ended', async () => {
  await readyDataset(api);
  const first = await run(['datasets', 'list', '--limit', '1']);
  expect(first.out).toHaveLength(3);
  const cursor = /--after (\S+)$/.exec(first.out[2] ?? '')?.[1] ?? '';
  const second = await run(['datasets', 'list', '--after', cursor]);
  expect(second.out.at(1)).toContain(ids.datasets);
  const { out } = await run(['models', 'list', '--json']);
  expect(JSON.parse(out.join('\n'))).toMatchObject({
    data: expect.arrayContaining([expect.objectContaining({ id: ids.models })]),
  });
});

test('models show their layers', async () => {
  const { out } = await run(['models', 'show', ids.models]);
  expect(out.slice(0, 6)).toEqual([
    `${ids.models}  m`,
    expect.stringMatching(/^inputs: \S+ \(2\) float32$/),
    'outputs: out (2) float32',
    'layer  type   output  parameters',
    'out    Dense  (2)     6',
    'parameters: 6, of which 6 are trained and 0 are frozen',
  ]);
  const missing = await run(['models', 'show', `mdl_${'0'.repeat(32)}`]);
  expect([missing.code, missing.out]).toEqual([1, []]);
  expect(missing.err[0]).toMatch(/^NOT_FOUND: There is no model/);
});

describe('datasets', () => {
  test('show their columns with statistics', async () => {
    const { out } = await run(['datasets', 'show', ids.datasets]);
    expect(out[0]).toBe(`${ids.datasets}  d: ready, csv, 20 rows, 1 byte`);
    expect(out.slice(1).map((line) => line.split(/\s+/).slice(0, 4))).toEqual([
      ['column', 'type', 'missing', 'distinct'],
      ['a', 'numeric', '0', '20'],
      ['b', 'numeric', '0', '3'],
      ['y', 'numeric', '0', '2'],
    ]);
    const json = JSON.parse(
      (await run(['datasets', 'show', ids.datasets, '--json'])).out.join('\n'),
    ) as object;
    expect(json).toMatchObject({ id: ids.datasets, statistics: [{ name: 'a', distinct: 20 }, {}, {}] });
  });

  test('are uploaded in parts; what an interruption left is gone on with', async () => {
    const file = path.join(folder, 'large.csv');
    const row = `${'7'.repeat(60)},1\n`;
    await writeFile(file, `a,y\n${row.repeat(Math.ceil((6 * MIB) / row.length))}`);
    // The upload is planned and the first part sent, then its sender is gone.
    const stopped = new AbortController();
    const source = await openFile(file);
    let planned = '';
    const sent = client.datasets.upload('large', source, {
      multipart: { partBytes: 5 * MIB },
      onPlanned: ({ id }) => (planned = id),
      onProgress: () => {
        stopped.abort(new Error('interrupted'));
      },
      signal: stopped.signal,
    });
    await expect(sent).rejects.toThrow('interrupted');
    await source.close();
    expect((await client.datasets.uploadOf(planned)).parts.map(({ etag }) => etag !== null)).toEqual([
      true,
      false,
    ]);
    const resumed = run(['datasets', 'upload', file, '--resume', planned]);
    while ((await client.datasets.get(planned)).state === 'uploading') await delay(50);
    await checker.run(planned, new AbortController().signal);
    const { code, out, err } = await resumed;
    expect([code, out[0]]).toEqual([0, expect.stringContaining(`${planned}  large: ready, csv`)]);
    expect(err[0]).toMatch(/^ 8\d % {2}5\.0 MiB of 6\.0 MiB have arrived$/);
    expect(err.slice(1)).toEqual([
      '100 %  6.0 MiB of 6.0 MiB have arrived',
      'All of it has arrived; the server checks it.',
    ]);
  });

  test('say how an upload in parts is resumed, and why a file was rejected', async () => {
    const file = path.join(folder, 'bad.csv');
    await writeFile(file, 'a,b\n1,2\n3\n');
    const sent = run(['datasets', 'upload', file, '--parts', '--name', 'bad']);
    const find = async () =>
      (await client.datasets.list({ limit: 1 })).data.find(({ name }) => name === 'bad');
    while ((await find())?.state !== 'checking') await delay(50);
    const id = (await find())?.id ?? '';
    await checker.run(id, new AbortController().signal);
    const { code, err } = await sent;
    expect(code).toBe(1);
    expect(err.slice(0, 2)).toEqual([
      `${id}, in parts of 8.0 MiB. If it is interrupted, go on with:`,
      `  npm run gradstream -- datasets upload ${file} --resume ${id}`,
    ]);
    expect(err.find((line) => line.startsWith('DATASET_REJECTED'))).toBeDefined();
    expect((await run(['datasets', 'show', id])).out).toEqual([
      `${id}  bad: rejected, csv`,
      'What is wrong with it:',
      expect.stringMatching(/^ {2}line 3/),
    ]);
  });

  test('are deleted by force when runs refer to them; the runs show it', async () => {
    const refused = await run(['datasets', 'delete', ids.datasets]);
    expect([refused.code, refused.err[0]]).toEqual([1, expect.stringContaining(ids.runs)]);
    expect(refused.err[0]).toContain(`datasets delete ${ids.datasets} --force`);
    const { code, out } = await run(['datasets', 'delete', ids.datasets, '--force']);
    expect([code, out]).toEqual([0, [`deleted ${ids.datasets} (d)`]]);
    const listed = (await run(['runs', 'list'])).out.find((line) => line.startsWith(ids.runs));
    expect(listed).toMatch(/succeeded .*\(deleted\)/);
    expect((await run(['runs', 'get', ids.runs])).out).toContainEqual(
      expect.stringMatching(new RegExp(`^dataset +${ids.datasets} +\\(deleted 2`)),
    );
    const fork = await run(['runs', 'fork', ids.runs]);
    expect([fork.code, fork.err[0]]).toEqual([
      1,
      expect.stringMatching(/^DATASET_DELETED: .*make a new run/),
    ]);
  });
});

test('what is not understood is answered with the nearest, and a code of its own', async () => {
  expect(await run(['runs', 'lst'])).toMatchObject({
    ...{ code: 2, out: [] },
    err: expect.arrayContaining(["error: unknown command 'lst'", '(Did you mean list?)']),
  });
  const neither = await run(['predict', ids.runs]);
  expect([neither.code, neither.err[0]]).toEqual([2, expect.stringContaining('one of both')]);
});

test('whoever reads may go before the end', async () => {
  const options = { url: api.url, apiKey: api.apiKey, isUnread: true };
  expect(await runCli(['keys', 'list'], options)).toEqual({ code: 141, out: [], err: [] });
});

test('a follower is told what happened to the run, a line each', async () => {
  const attempts = api.app.get(Attempts);
  const first = await claimedRun(api, await readyDataset(api));
  const { runId } = first;
  await attempts.started(first, { totalSteps: 6 });
  await attempts.appendFrames(first, [frameOf(1), frameOf(2)], await attempts.position(first));
  await storeCheckpoint(api, first, { step: 2 });
  await attempts.appendFrames(first, [frameOf(3)], await attempts.position(first));
  await client.runs.pause(runId);
  await attempts.release(first, 'the worker stopped');
  const following = run(['runs', 'follow', runId]);
  await client.runs.resume(runId);
  const second = await attempts.claim(runId, 'w2');
  if (!second) throw new Error('the run was not claimed');
  await attempts.started(second, { totalSteps: 6 });
  await attempts.appendFrames(second, [frameOf(3)], await attempts.position(second));
  await attempts.finish(second, { state: 'cancelled' });
  const told = await following;
  // Which comes first, the line of the numbers or that of an event, is not said: they come in two streams.
  const [numbers, happenings] = [0, 1].map((kind) =>
    told.out.filter((line) => Number(!/^ *\d+ %/.test(line)) === kind),
  );
  expect(numbers?.length).toBeLessThanOrEqual(1);
  expect({ ...told, out: happenings }).toEqual({
    code: 3,
    out: [
      'attempt 1: a worker took it on',
      `paused at step 3. To go on: npm run gradstream -- runs resume ${runId}`,
      'resumed: waits for a worker',
      'goes back to step 2 (attempt 2)',
      'attempt 2: a worker took it on again',
      'cancelled',
    ],
    err: [],
  });
  const { code, out } = await run(['runs', 'follow', runId, '--json']);
  const lines = out.map((line) => JSON.parse(line) as { type: string; seq?: number });
  const seqs = lines.slice(0, -1).map(({ seq }) => seq);
  // Of step 3 the point of the second attempt alone: the first one's was taken back.
  expect(lines.filter(({ type }) => type === 'point')).toHaveLength(3);
  expect(new Set(seqs).size).toBe(seqs.length);
  expect([code, lines.at(-1)]).toEqual([
    3,
    {
      type: 'end',
      id: runId,
      state: 'cancelled',
      step: 3,
      epoch: 1,
      totalSteps: 6,
      metrics: { loss: 3 },
      failure: null,
    },
  ]);
  expect(await run(['runs', 'follow', runId, '--quiet'])).toEqual({ code: 3, out: ['cancelled'], err: [] });
});
