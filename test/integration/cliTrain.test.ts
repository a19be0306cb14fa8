// `gradstream train` as its user starts it: what it stores, and what a failed try leaves. The workers' part is played.

import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Gradstream, type Dataset } from '@gradstream/sdk';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DatasetChecker } from '../../apps/worker/src/datasets/check.js';
import type { WorkerFolder } from '../../apps/worker/src/files/workerFolder.js';
import { startApi, type TestApi } from '../support/app.js';
import { checkerOf } from '../support/checks.js';
import { runCli, type Written } from '../support/cli.js';
import { newProject } from '../support/projects.js';
import { definition } from '../support/runs.js';

jest.setTimeout(120_000);

const SPEC = {
  inputs: [{ columns: ['a', 'b'] }],
  target: { column: 'y', task: 'classification' },
  loss: 'sparseCategoricalCrossentropy',
};

let api: TestApi;
let checker: DatasetChecker;
let worker: WorkerFolder;
let folder = '';
let apiKey = '';
let client: Gradstream;

beforeAll(async () => {
  api = await startApi();
  ({ checker, folder: worker } = checkerOf(api));
  folder = await mkdtemp(path.join(tmpdir(), 'gradstream-cli-'));
  const rows = Array.from({ length: 20 }, (_, i) => `${i},${i % 3},${i % 2},${'xyz'[i % 3] ?? ''}`);
  await writeFile(path.join(folder, 'data.csv'), `a,b,y,word\n${rows.join('\n')}\n`);
  await writeFile(path.join(folder, 'model.json'), JSON.stringify(definition));
});
beforeEach(async () => {
  ({ apiKey } = await newProject(api));
  client = new Gradstream({ url: api.url, apiKey });
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await rm(path.dirname(await worker.folder('checks')), { recursive: true, force: true });
  await api.stop();
});

/** What the command wrote for a spec, and its exit code. */
async function train(spec: object, ...args: string[]): Promise<Written> {
  await writeFile(path.join(folder, 'run.json'), JSON.stringify(spec));
  return runCli(['train', 'run.json', ...args], { url: api.url, apiKey, cwd: folder });
}

const FILES = ['--dataset', 'data.csv', '--model', 'model.json'];

/** What the project holds: datasets, models, runs. */
const counts = async (): Promise<number[]> => {
  const pages = [client.datasets.list(), client.models.list(), client.runs.list()];
  return (await Promise.all(pages)).map(({ data }) => data.length);
};

/** Plays the worker that checks the upload; returns the dataset. */
async function checkUpload(): Promise<Dataset> {
  for (;;) {
    const found = (await client.datasets.list()).data.find(({ state }) => state === 'checking');
    if (found) {
      await checker.run(found.id, new AbortController().signal);
      return client.datasets.get(found.id);
    }
    await delay(50);
  }
}

/** Cancels the run that comes, so that the command ends; returns what it wrote. */
async function untilCancelled(training: Promise<Written>): Promise<Written> {
  for (;;) {
    const run = (await client.runs.list({ state: 'queued' })).data[0];
    if (run) {
      await client.runs.cancel(run.id);
      return training;
    }
    await delay(50);
  }
}

describe('a try that cannot work leaves nothing', () => {
  test.each([
    ['a wrong setting', { ...SPEC, epochs: 0 }, FILES, /^VALIDATION_FAILED/, '/epochs'],
    [
      'a loss that does not suit',
      { ...SPEC, metrics: ['accuracyy'] },
      FILES,
      /^VALIDATION_FAILED/,
      '/metrics',
    ],
    [
      'a model that cannot train',
      { ...SPEC, loss: 'binaryCrossentropy' },
      FILES,
      /^RUN_INVALID: .*Nothing was stored\.$/,
      '/model',
    ],
    ['no dataset', SPEC, ['--model', 'model.json'], /^The spec names no dataset/, ''],
    ['no model', SPEC, ['--dataset', 'data.csv'], /^The spec names no model/, ''],
    [
      'a file that is not there',
      SPEC,
      ['--dataset', 'none.csv', '--model', 'model.json'],
      /does not exist/,
      '',
    ],
  ])('%s', async (_, spec, args, message, pointer) => {
    const { code, err } = await train(spec, ...args);
    const isUsage = message.source.startsWith('^The spec names no');
    expect([code, err[0]]).toEqual([isUsage ? 2 : 1, expect.stringMatching(message)]);
    expect(err.slice(1).join('\n')).toContain(pointer);
    expect(await counts()).toEqual([0, 0, 0]);
  });

  test('a file that the check rejects', async () => {
    await writeFile(path.join(folder, 'bad.csv'), 'a,b,y\n1,2\n');
    const training = train(SPEC, '--dataset', 'bad.csv', '--model', 'model.json');
    await checkUpload();
    const { code, err } = await training;
    expect([code, err.find((line) => line.startsWith('DATASET_REJECTED'))]).toEqual([1, expect.anything()]);
    expect(await counts()).toEqual([0, 0, 0]);
  });
});

test('what only the columns tell fails after the upload, which the next try takes again', async () => {
  const training = train({ ...SPEC, inputs: [{ columns: ['a', 'c'] }] }, ...FILES);
  const { id } = await checkUpload();
  const { code, err } = await training;
  expect([code, err.at(-2)]).toEqual([
    1,
    expect.stringContaining(`The next try takes the dataset ${id} again.`),
  ]);
  expect(err.at(-1)).toContain('/inputs/0/columns/1');
  expect(await counts()).toEqual([1, 0, 0]);

  const { out } = await untilCancelled(train(SPEC, ...FILES));
  expect(out[0]).toBe(`dataset ${id} (data.csv) has the content of data.csv: nothing is uploaded`);
  expect(await counts()).toEqual([1, 1, 1]);
  expect((await client.runs.list()).data[0]).toMatchObject({ spec: { dataset: id } });
});

test('types of columns are said with the file; a dataset of other types is another one', async () => {
  const first = untilCancelled(train(SPEC, ...FILES));
  const inferred = await checkUpload();
  await first;
  const second = untilCancelled(train(SPEC, ...FILES, '--type', 'word=text', '--type', 'b=numeric'));
  const chosen = await checkUpload();
  const typesOf = ({ columns }: Dataset) => columns?.map(({ type }) => type);
  expect(typesOf(inferred)).toEqual(['numeric', 'numeric', 'numeric', 'categorical']);
  expect(typesOf(chosen)).toEqual(['numeric', 'numeric', 'numeric', 'text']);
  expect(chosen.columnTypes).toEqual({ word: 'text', b: 'numeric' });
  await second;
});

test('ids are taken from the spec, and from the command line', async () => {
  const first = untilCancelled(train(SPEC, ...FILES));
  const dataset = (await checkUpload()).id;
  await first;
  const model = (await client.models.list()).data[0]?.id ?? '';
  const quiet = await untilCancelled(train({ ...SPEC, dataset, model }, '--quiet'));
  expect(quiet).toMatchObject({
    ...{ code: 3, err: [] },
    out: [expect.stringMatching(/^cancelled: run_\w+ after 0 of \? steps$/)],
  });
  const told = await untilCancelled(train(SPEC, '--dataset', dataset, '--model', model, '--json'));
  const lines = told.out.map((line) => JSON.parse(line) as { type: string });
  expect([told.code, lines[0], lines.at(-1)]).toEqual([
    3,
    { type: 'run', id: expect.any(String), dataset, model },
    expect.objectContaining({ type: 'end', state: 'cancelled', step: 0, failure: null }),
  ]);
  expect(lines.slice(1, -1).every(({ type }) => type === 'event')).toBe(true);
  await untilCancelled(train({ ...SPEC, dataset, model: definition }));
  expect(await counts()).toEqual([1, 1, 4]);
  const { data } = await client.runs.list();
  expect(data.map(({ spec }) => [spec.dataset, spec.model.id])).toEqual([
    [dataset, null],
    [dataset, model],
    [dataset, model],
    [dataset, model],
  ]);
  const typed = await train({ ...SPEC, dataset, model }, '--type', 'a=text');
  expect(typed.err).toEqual([`--type is for a file that is uploaded: ${dataset} has its types already.`]);
});

test('lists of datasets are of one file, where its hash is named', async () => {
  const first = untilCancelled(train(SPEC, ...FILES));
  const { id, sha256 } = await checkUpload();
  await first;
  expect((await client.datasets.list({ sha256: sha256 ?? '' })).data.map((one) => one.id)).toEqual([id]);
  expect((await client.datasets.list({ sha256: '0'.repeat(64) })).data).toEqual([]);
  const query = `{ all: datasets(sha256: "${sha256 ?? ''}") { nodes { id columnTypes } } none: datasets(sha256: "${'0'.repeat(64)}") { nodes { id } } }`;
  const { body } = await api.call('POST', '/graphql', { body: { query }, key: apiKey });
  expect(body).toEqual({ data: { all: { nodes: [{ id, columnTypes: {} }] }, none: { nodes: [] } } });
});
