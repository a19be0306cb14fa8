// Datasets that are no CSV, from the upload to weights that know their preprocessing.

import { describe, expect, jest, test } from '@jest/globals';
import { preprocessingSchema } from '@gradstream/contracts';
import { type NewRun } from '@gradstream/sdk';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { greyPng, zipOf } from '../support/images.js';
import { useSystem } from '../support/system.js';

jest.setTimeout(180_000);

const FIXTURES = path.resolve(import.meta.dirname, '../../libs/datasets/src/testing/fixtures');

const system = useSystem();

/** Trains; returns the last value of each series, and the metadata of the last weights. */
async function trained(spec: NewRun) {
  const run = await system.client.runs.create(spec);
  const last: Record<string, number> = {};
  for await (const { points } of system.client.runs.follow(run.id))
    for (const { values } of points)
      for (const [name, value] of Object.entries(values)) last[name] = Number(value);
  const ended = await system.client.runs.get(run.id);
  expect([ended.state, ended.failure]).toEqual(['succeeded', null]);
  const [checkpoint] = (await system.client.runs.checkpoints(run.id, { limit: 1 })).data;
  const weights = Buffer.from(await system.client.checkpoints.download(checkpoint?.id ?? ''));
  const header = weights.subarray(8, 8 + Number(weights.readBigUInt64LE(0))).toString();
  const { __metadata__: metadata } = JSON.parse(header) as { __metadata__: Record<string, string> };
  const preprocessing = preprocessingSchema.parse(JSON.parse(metadata['preprocessing'] ?? 'null'));
  return { last, metadata, preprocessing };
}

test('Parquet trains a functional model of two inputs: a column with gaps, an array and categories', async () => {
  const content = new Uint8Array(await readFile(path.join(FIXTURES, 'snappy.parquet')));
  const dataset = await system.client.datasets.upload('table', content, { format: 'parquet' });
  expect(dataset).toMatchObject({ state: 'ready', format: 'parquet', rowCount: 1000 });
  const input = (name: string, width: number) => ({
    class_name: 'InputLayer',
    name,
    config: { name, batch_shape: [null, width] },
    inbound_nodes: [],
  });
  type Tensor = ReturnType<typeof from>;
  const from = (name: string) => ({
    class_name: '__keras_tensor__',
    config: { shape: [null, 1], dtype: 'float32', keras_history: [name, 0, 0] },
  });
  const layer = (
    type: string,
    name: string,
    config: Record<string, number>,
    args: (Tensor | Tensor[])[],
  ) => ({
    class_name: type,
    name,
    config: { name, ...config },
    inbound_nodes: [{ args, kwargs: {} }],
  });
  const model = {
    class_name: 'Functional',
    config: {
      name: 'two',
      layers: [
        input('gaps', 1),
        input('rest', 5),
        layer('Concatenate', 'both', {}, [[from('gaps'), from('rest')]]),
        layer('Dense', 'out', { units: 1 }, [from('both')]),
      ],
      input_layers: [
        ['gaps', 0, 0],
        ['rest', 0, 0],
      ],
      output_layers: [['out', 0, 0]],
    },
  };
  const { last, preprocessing } = await trained({
    dataset: dataset.id,
    model,
    inputs: [
      { name: 'rest', columns: ['v', 's'], scale: 'standardize' },
      { name: 'gaps', columns: ['i'], scale: 'standardize', missing: 'median' },
    ],
    target: { column: 'f', task: 'regression' },
    split: { by: 'stratified', column: 's' },
    loss: 'meanSquaredError',
    optimizer: { name: 'adam', learningRate: 1 },
    epochs: 20,
  });
  // f is k/8 and v is [k, k + 0.5]: a line. The variance of f is 1,302.
  expect(last['valLoss']).toBeLessThan(100);
  const [gaps, rest] = preprocessing.inputs;
  expect(gaps).toMatchObject({ shape: [1], features: [{ column: 'i', fill: expect.any(Number) }] });
  expect(rest).toMatchObject({ shape: [5] });
  expect(rest?.features[1]).toMatchObject({ kind: 'oneHot', categories: ['class 0', 'class 1', 'class 2'] });
  expect(preprocessing.targets).toMatchObject([{ shape: [], features: [{ column: 'f' }] }]);
});

test('images of class folders train a convolutional network, resized to its input', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 120 }, (_, number) => {
      const name = number % 2 === 0 ? 'left' : 'right';
      const bright = (column: number): boolean => (column < 8 ? 'left' : 'right') === name;
      const level = (row: number, column: number): number =>
        (bright(column) ? 150 : 0) + ((row * 31 + column * 17 + number * 7) % 100);
      return [`${name}/${number}.png`, greyPng(16, level)];
    }),
  );
  const dataset = await system.client.datasets.upload('sides', zipOf(files), { format: 'images' });
  const image = dataset.columns?.find(({ type }) => type === 'image');
  expect([dataset.rowCount, image?.shape.slice(0, 2)]).toEqual([120, [16, 16]]);
  const channels = image?.shape[2] ?? 0;
  const { last, metadata, preprocessing } = await trained({
    dataset: dataset.id,
    model: [
      { type: 'conv2d', filters: 4, kernelSize: 3, activation: 'relu', input: [8, 8, channels] },
      { type: 'flatten' },
      { type: 'dense', units: 2, activation: 'softmax' },
    ],
    inputs: [{ all: true }],
    target: { column: 'label', task: 'classification' },
    split: { by: 'stratified' },
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
    optimizer: { name: 'adam', learningRate: 0.01 },
    epochs: 10,
  });
  expect(last['valAccuracy']).toBeGreaterThanOrEqual(0.95);
  expect(JSON.parse(metadata['classes'] ?? '')).toEqual(['left', 'right']);
  expect(preprocessing.inputs[0]).toMatchObject({
    shape: [8, 8, channels],
    features: [{ kind: 'image', stored: [16, 16, channels], height: 8, width: 8, factor: 1 / 255 }],
  });
});

describe('hostile uploads', () => {
  test('are rejected, and the worker that read them trains on', async () => {
    const { pid } = system.worker.child;
    const bomb = new Uint8Array(await readFile(path.join(FIXTURES, 'bomb.zip')));
    const noise = new Uint8Array(randomBytes(10_000));
    for (const [content, format] of [
      [bomb, 'images'],
      [noise, 'parquet'],
      [noise, 'npz'],
      [noise, 'csv'],
    ] as const)
      await expect(system.client.datasets.upload('hostile', content, { format })).rejects.toMatchObject({
        code: 'DATASET_REJECTED',
        errors: expect.arrayContaining([expect.objectContaining({ message: expect.any(String) })]),
      });
    expect([system.worker.child.pid, system.worker.running]).toEqual([pid, true]);
    const csv = new TextEncoder().encode('x,y\n0,0\n1,1\n2,2\n3,3\n');
    const dataset = await system.client.datasets.upload('line', csv);
    const { last } = await trained({
      dataset: dataset.id,
      model: [{ type: 'dense', units: 1, input: [1] }],
      inputs: [{ all: true }],
      target: { column: 'y', task: 'regression' },
      split: { train: 0.5, validation: 0.5 },
      loss: 'meanSquaredError',
      epochs: 1,
    });
    expect(last['loss']).toBeGreaterThan(0);
  });
});
