// A model of two outputs, from the posted spec to predictions beside plain float64, by the SDK and the command line.

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Gradstream, type Checkpoint, type NewRun, type Run } from '@gradstream/sdk';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { forwardOf, softmax } from '../support/forward.js';
import { pointsOf, untilEnd } from '../support/history.js';
import { startSystem, type System } from '../support/system.js';

jest.setTimeout(180_000);

const root = path.resolve(import.meta.dirname, '../..');
/** The kind says on which side of v = u a point lies, the price is a line through both. */
const rows = Array.from({ length: 120 }, (_, at) => {
  const [u, v] = [Math.sin(1.7 * at), Math.cos(0.9 * at)];
  return [u, v, v > u ? 'above' : 'below', 2 * u - v + 0.5];
});
const target = {
  outputs: {
    kind: { column: 'kind', task: 'classification' as const },
    price: { column: 'price', task: 'regression' as const },
  },
};
const loss = {
  outputs: {
    kind: { loss: 'sparseCategoricalCrossentropy', classWeights: 'balanced' },
    price: { loss: 'meanSquaredError', weight: 0.5 },
  },
};

const model = {
  inputs: [{ name: 'x', shape: [2] }],
  layers: {
    kind: { type: 'dense', units: 2, activation: 'softmax', inputs: 'x' },
    price: { type: 'dense', units: 1, inputs: 'x' },
  },
  outputs: ['kind', 'price'],
};
const specOf = (changes: Partial<NewRun>): NewRun => ({
  ...{ dataset, model, target, loss },
  inputs: [{ all: true, scale: 'standardize' }],
  metrics: { outputs: { kind: ['accuracy'], price: ['r2'] } },
  optimizer: { name: 'adam', learningRate: 0.05 },
  epochs: 40,
  ...changes,
});

let system: System;
let client: Gradstream;
let dataset: string;
let run: Run;
let last: Checkpoint;

beforeAll(async () => {
  system = await startSystem();
  client = new Gradstream({ url: system.url, apiKey: system.apiKey });
  const csv = ['u,v,kind,price', ...rows.map((row) => row.join(','))].join('\n');
  ({ id: dataset } = await client.datasets.upload('points', new TextEncoder().encode(`${csv}\n`)));
  const { id } = await client.runs.create(specOf({}));
  await untilEnd(client, id);
  run = await client.runs.get(id);
  const [newest] = (await client.runs.checkpoints(run.id, { limit: 1 })).data;
  if (!newest) throw new Error('the run left no checkpoint');
  last = newest;
});
afterAll(async () => {
  await system.stop();
});

/** The last value of each series. */
async function lastValues(runId: string): Promise<Record<string, number>> {
  const told: Record<string, number> = {};
  for await (const { values } of pointsOf(client, runId))
    for (const [name, value] of Object.entries(values)) told[name] = Number(value);
  return told;
}

test('both outputs are learned, and their series are told by name', async () => {
  expect([run.state, run.failure]).toEqual(['succeeded', null]);
  expect(run.spec.outputTargets).toMatchObject([
    { output: 'kind', columns: ['kind'], classCount: 2 },
    { output: 'price', columns: ['price'], classCount: null },
  ]);
  expect(run.spec.inputColumns).toEqual(['u', 'v']);
  const told = await lastValues(run.id);
  const names = ['kind_loss', 'price_loss', 'kind_accuracy', 'price_r2'];
  const validated = ['valLoss', 'valKind_loss', 'valPrice_loss', 'valKind_accuracy', 'valPrice_r2'];
  expect(Object.keys(told)).toEqual(expect.arrayContaining([...names, ...validated]));
  expect(told['valLoss']).toBeCloseTo(
    (told['valKind_loss'] ?? NaN) + 0.5 * (told['valPrice_loss'] ?? NaN),
    5,
  );
  expect(told['valKind_accuracy']).toBeGreaterThan(0.9);
  expect(told['valPrice_r2']).toBeGreaterThan(0.9);
});

test('predictions of each output are those of the stored weights in float64', async () => {
  const bytes = await client.checkpoints.download(last.id);
  const [kindOf, priceOf] = [
    forwardOf(bytes, [['kind', softmax]]),
    forwardOf(bytes, [['price', (row) => [...row]]]),
  ];
  const asked = rows.slice(0, 50).map(([u, v]) => ({ u: Number(u), v: Number(v) }));
  const { outputs, data, classes } = await client.checkpoints.predict(last.id, { rows: asked });
  const [kind, price] = outputs;
  expect([kind?.name, kind?.classes, price?.name, price?.values]).toEqual([
    ...['kind', ['above', 'below']],
    ...['price', 'numbers'],
  ]);
  expect([data, classes]).toEqual([kind?.data, kind?.classes]);
  asked.forEach((row, at) => {
    const wanted = kindOf(row);
    expect(kind?.data[at]?.class).toBe(['above', 'below'][wanted.indexOf(Math.max(...wanted))]);
    wanted.forEach((value, unit) => {
      expect(Number(kind?.data[at]?.values[unit])).toBeCloseTo(value, 5);
    });
    expect(Number(price?.data[at]?.values[0])).toBeCloseTo(priceOf(row)[0] ?? NaN, 4);
  });
});

test('the command line has a column for each output', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'gradstream-outputs-'));
  try {
    const file = path.join(folder, 'rows.json');
    await writeFile(file, JSON.stringify([{ u: 1, v: -1 }]));
    const cli = [path.join(root, 'apps/cli/dist/main.js'), 'predict', run.id, '--rows', file];
    const env = { ...process.env, GRADSTREAM_URL: system.url, GRADSTREAM_API_KEY: system.apiKey };
    const { stdout } = await promisify(execFile)(process.execPath, cli, { env });
    const { outputs } = await client.checkpoints.predict(last.id, { rows: [{ u: 1, v: -1 }] });
    const [head = '', row = ''] = stdout.trim().split('\n');
    expect(head.split(/ {2,}/)).toEqual(['row', 'kind class', 'kind probability', 'price value']);
    const [kind, price] = outputs.map(({ data }) => data[0]);
    const probability = Number(kind?.probability).toFixed(4);
    expect(row.trim().split(/\s+/)).toEqual([
      '1',
      'below',
      probability,
      String(Number(Number(price?.values[0]).toPrecision(5))),
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a fork changes the loss of one output; what does not fit is refused with its place', async () => {
  const outputs = { ...loss.outputs, price: { loss: 'huber' } };
  const fork = await client.runs.fork(run.id, { changes: { loss: { outputs }, epochs: 41 } });
  await untilEnd(client, fork.id);
  const ended = await client.runs.get(fork.id);
  expect([ended.state, ended.failure]).toEqual(['succeeded', null]);
  expect(ended.spec.loss).toMatchObject({ outputs: { price: { loss: { name: 'huber' } } } });
  // Its own weight is 1, that of the run it began at was a half.
  const told = await lastValues(fork.id);
  expect(told['valLoss']).toBeCloseTo((told['valKind_loss'] ?? NaN) + (told['valPrice_loss'] ?? NaN), 5);
  const { problems } = await client.runs.validate(specOf({ loss: { outputs: { kind: loss.outputs.kind } } }));
  expect(problems).toMatchObject([{ pointer: '/loss/outputs', code: 'missingLoss' }]);
});
