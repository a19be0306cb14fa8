// Digits trained, then predicted: by the SDK, the CLI and GraphQL, beside the same forward pass in plain float64; and what
// may go wrong with it.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { splitIndices } from '@gradstream/datasets';
import { loadConfig, PlatformModule, Storage } from '@gradstream/platform';
import { Gradstream, type Checkpoint, type Predictions, type Run } from '@gradstream/sdk';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { env, loadLayersModel, tensor2d, type io, type Tensor } from '@tensorflow/tfjs';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { prepareDigits } from '../support/digits.js';
import { forwardOf, relu, softmax } from '../support/forward.js';
import { untilEnd } from '../support/history.js';
import { startSystem, type System } from '../support/system.js';

jest.setTimeout(180_000);
Logger.overrideLogger(false);

const root = path.resolve(import.meta.dirname, '../..');
type Digit = Readonly<Record<string, number>>;

let system: System;
let client: Gradstream;
let run: Run;
let last: Checkpoint;
let older: Checkpoint[];
let dataset: string;
let digits: Digit[];

beforeAll(async () => {
  system = await startSystem();
  client = new Gradstream({ url: system.url, apiKey: system.apiKey });
  const csv = await readFile(path.join(root, 'examples/digits/digits.csv'), 'utf8');
  const [header = '', ...lines] = csv.trim().split('\n');
  const names = header.split(',');
  digits = lines.map((line) =>
    Object.fromEntries(line.split(',').map((cell, at) => [names[at] ?? '', Number(cell)])),
  );
  const spec = await prepareDigits(client);
  ({ dataset } = spec);
  const { id } = await client.runs.create(spec);
  await untilEnd(client, id);
  run = await client.runs.get(id);
  const [newest, ...rest] = (await client.runs.checkpoints(id, { limit: 100 })).data;
  if (!newest) throw new Error('the run left no checkpoint');
  [last, older] = [newest, rest];
});

afterAll(async () => {
  await system.stop();
});

/** The network of the example, in float64. */
async function referenceOf(checkpoint: Checkpoint): Promise<(row: Digit) => number[]> {
  const bytes = await client.checkpoints.download(checkpoint.id);
  return forwardOf(bytes, [
    ['dense_1', relu],
    ['dense_2', relu],
    ['output', softmax],
  ]);
}

/** Rows as the network takes them: the reference of a network without layers. */
async function scaledRowsOf(rows: readonly Digit[]): Promise<number[][]> {
  return rows.map(forwardOf(await client.checkpoints.download(last.id), []));
}

/** Compares answers with the reference; returns the largest difference of a probability. */
async function compare(answer: Predictions, checkpoint: Checkpoint, rows: readonly Digit[]): Promise<number> {
  const reference = await referenceOf(checkpoint);
  expect(answer.data).toHaveLength(rows.length);
  const differences = answer.data.map((one, at) => {
    const expected = reference(rows[at] ?? {});
    expect(one.class).toBe(answer.classes?.[expected.indexOf(Math.max(...expected))]);
    return Math.max(...expected.map((value, unit) => Math.abs(value - Number(one.values[unit]))));
  });
  return Math.max(...differences);
}

describe('predictions', () => {
  test('of 1,000 rows are those of the forward pass in float64', async () => {
    const rows = digits.slice(0, 1000);
    const answer = await client.checkpoints.predict(last.id, { rows });
    expect(answer).toMatchObject({
      ...{ checkpointId: last.id, runId: run.id, step: last.step, hasMore: false, nextCursor: null },
      ...{ values: 'probabilities', activation: null, classes: '0123456789'.split('') },
    });
    const difference = await compare(answer, last, rows);
    process.stdout.write(`largest difference from float64: ${difference.toExponential(1)}\n`);
    expect(difference).toBeLessThan(1e-5);
  });

  test('of a dataset come page by page, and are right for 96 % of the validation rows', async () => {
    const found: Predictions['data'][number][] = [];
    let pages = 0;
    for (let after: string | null = null, more = true; more; pages++) {
      const page: Predictions = await client.checkpoints.predict(last.id, {
        dataset,
        limit: 700,
        ...(after === null ? {} : { after }),
      });
      found.push(...page.data);
      ({ nextCursor: after, hasMore: more } = page);
    }
    expect([pages, found.length]).toEqual([3, 1797]);
    const rows = digits
      .slice(1000, 1020)
      .map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'label')));
    const alone = await client.checkpoints.predict(last.id, { rows });
    expect(found.slice(1000, 1020).map((one) => one.class)).toEqual(alone.data.map((one) => one.class));
    const { validation } = splitIndices(1797, { train: 0.8, validation: 0.2, by: 'random', seed: 1 });
    const right = validation.filter((row) => found[row]?.class === String(digits[row]?.['label']));
    process.stdout.write(`right: ${right.length} of ${validation.length} validation rows\n`);
    expect(right.length / validation.length).toBeGreaterThanOrEqual(0.96);
  });

  test('by the command line, from CSV and by the id of the run', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'gradstream-predict-'));
    const file = path.join(folder, 'rows.csv');
    const csv = await readFile(path.join(root, 'examples/digits/digits.csv'), 'utf8');
    await writeFile(file, csv.split('\n').slice(0, 4).join('\n'));
    const cli = [path.join(root, 'apps/cli/dist/main.js'), 'predict', run.id, '--rows', file];
    const env = { ...process.env, GRADSTREAM_URL: system.url, GRADSTREAM_API_KEY: system.apiKey };
    const { stdout } = await promisify(execFile)(process.execPath, cli, { env });
    const { data } = await client.checkpoints.predict(last.id, { rows: digits.slice(0, 3) });
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/));
    expect(lines).toEqual([
      ['row', 'class', 'probability'],
      ...data.map((one, at) => [String(at + 1), one.class, Number(one.probability).toFixed(4)]),
    ]);
  });
});

test('the ZIP for TensorFlow.js, unpacked by another tool, predicts the same there', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'gradstream-tfjs-'));
  const file = path.join(folder, 'model.zip');
  await writeFile(file, await client.checkpoints.download(last.id, 'tfjs'));
  await promisify(execFile)('python3', ['-m', 'zipfile', '-e', file, folder]);
  const { modelTopology, weightsManifest } = JSON.parse(
    await readFile(path.join(folder, 'model.json'), 'utf8'),
  ) as io.ModelJSON;
  const [{ paths, weights: weightSpecs } = { paths: [], weights: [] }] = weightsManifest;
  const weightData = new Uint8Array(await readFile(path.join(folder, paths[0] ?? ''))).buffer;
  env().set('IS_NODE', false); // It would advertise its native package.
  const model = await loadLayersModel({
    load: () => Promise.resolve({ modelTopology, weightSpecs, weightData }),
  });
  const rows = digits.slice(0, 50);
  // Pixels are from 0 to 16; the run scaled each column by what it has among the training rows.
  const [reference, scaled] = [await referenceOf(last), await scaledRowsOf(rows)];
  const output = model.predict(tensor2d(scaled)) as Tensor;
  const values = await output.data();
  rows.forEach((row, at) => {
    reference(row).forEach((expected, unit) => {
      expect(Math.abs((values[10 * at + unit] ?? NaN) - expected)).toBeLessThan(1e-5);
    });
  });
});

describe('what cannot be predicted', () => {
  const good = { ...Object.fromEntries(Array.from({ length: 64 }, (_, at) => [`p${at}`, 1])) };

  test.each<[string, object, string]>([
    ['a column that is not known', { ...good, q: 1 }, '/rows/1/q'],
    ['NaN', { ...good, p3: 'NaN' }, '/rows/1/p3'],
    ['nothing', { ...good, p3: null }, '/rows/1/p3'],
    ['too few values', [1, 2], '/rows/1'],
  ])('%s is refused at its place', async (_, row, pointer) => {
    const asked = client.checkpoints.predict(last.id, { rows: [good, row] as Record<string, number>[] });
    await expect(asked).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: [expect.objectContaining({ pointer })],
    });
  });

  test('a checkpoint whose stored file is another one', async () => {
    const [broken] = older;
    const db = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
    await db.connect();
    const { rows } = await db.query<{ files: { name: string; objectKey: string }[] }>(
      'SELECT files FROM checkpoints WHERE id = $1',
      [broken?.id],
    );
    await db.end();
    const weights = rows[0]?.files.find(({ name }) => name === 'model.safetensors');
    const platform = PlatformModule.forRoot(loadConfig({ ...process.env, LOG_LEVEL: 'silent' }), 'test');
    const app = await NestFactory.createApplicationContext(platform);
    await app.get(Storage).putBytes(weights?.objectKey ?? '', Buffer.from('something else'));
    await app.close();
    await expect(client.checkpoints.predict(broken?.id ?? '', { rows: [good] })).rejects.toMatchObject({
      code: 'CHECKPOINT_INVALID',
      detail: expect.stringContaining('not the file that was committed'),
    });
  });
});

test('a worker that is killed while it predicts: another one answers', async () => {
  const cold = older[1];
  if (!cold) throw new Error('the run has a third checkpoint');
  const before = new Set(await system.worker.children());
  const asked = client.checkpoints.predict(cold.id, { rows: digits.slice(0, 5) });
  while (!(await system.worker.children()).some((pid) => !before.has(pid))) await delay(5);
  await system.worker.kill();
  system.addWorker();
  expect(await compare(await asked, cold, digits.slice(0, 5))).toBeLessThan(1e-5);
});
