// Pages of a dataset of images as large as those of ImageNet, through TensorFlow: how many rows they have, what they need,
// and what comes of them. Each image has one value, so that its mean is known.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { lossSettingsSchema, MAX_ANSWER_NUMBERS, type ShardIndex } from '@gradstream/contracts';
import { ingest, openTable, shardFile } from '@gradstream/datasets';
import { tensorSource } from '@gradstream/models';
import { mkdtemp, open, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeTensors } from '../checkpoint/tensorWriter.js';
import { useEngine } from '../testing/engine.js';
import { graphFrom } from '../testing/trainings.js';
import { filesOfPage, predictPage } from './pages.js';
import { Predictor } from './predictor.js';

const engine = useEngine();
const [ROWS, SIZE] = [300, 224 * 224 * 3];
const valueOf = (row: number): number => (7 * row) % 251;

let folder = '';
let index: ShardIndex;

/** A file of numpy.save: uint8, of shape [rows, 224, 224, 3]. */
async function writeImages(file: string): Promise<void> {
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${ROWS}, 224, 224, 3), }`;
  const head = Buffer.from(`\x93NUMPY\x01\x00\x76\x00${header.padEnd(117)}\n`, 'latin1');
  const handle = await open(file, 'w');
  try {
    await handle.write(head);
    for (let row = 0; row < ROWS; row++) await handle.write(Buffer.alloc(SIZE, valueOf(row)));
  } finally {
    await handle.close();
  }
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gradstream-pages-'));
  const file = path.join(folder, 'images.npy');
  await writeImages(file);
  ({ index } = await ingest(await openTable(file, { format: 'npy' }), { folder }));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** A network of a model, which tells numbers of images of the dataset, made smaller to 2 × 2 pixels. */
async function load(definition: unknown, weights: Record<string, readonly number[]>): Promise<Predictor> {
  const feature = { kind: 'image', column: index.columns[0]?.name, type: 'image', stored: [224, 224, 3] };
  const inputs = [
    {
      ...{ dtype: 'float32', shape: [2, 2, 3] },
      features: [{ ...feature, height: 2, width: 2, offset: 0, factor: 1 }],
    },
  ];
  const weightsFile = path.join(await mkdtemp(path.join(folder, 'weights-')), 'model.safetensors');
  await writeTensors(
    weightsFile,
    Object.entries(weights).map(([name, shape]) =>
      tensorSource(name, shape, new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1 / 3)),
    ),
    { preprocessing: JSON.stringify({ version: 1, inputs, targets: [] }) },
  );
  return Predictor.load({
    engine: engine(),
    graph: graphFrom(definition),
    spec: {
      target: { column: 'y', task: 'regression', missing: 'refuse' },
      targetColumns: ['y'],
      loss: lossSettingsSchema.parse('mse'),
    },
    weightsFile,
  });
}

const pooled = (units: number, input: readonly number[] = [2, 2, 3]) => [
  { type: 'globalAveragePooling2d', input },
  { type: 'dense', name: 'out', units, useBias: false },
];

describe('pages of images of 224 × 224 × 3', () => {
  let predictor: Predictor;
  beforeAll(async () => {
    // The mean of each channel, a third of each: the mean of the image.
    predictor = await load(pooled(1), { 'out/kernel': [3, 1] });
  });
  afterAll(() => {
    predictor.dispose();
  });
  const shard = (at: number): string => shardFile(index.shards[at]?.sha256 ?? '');

  test('end where their rows take 32 MiB, and need no shard but theirs', async () => {
    const page = { folder, from: 0, limit: 1000 };
    expect(await filesOfPage(predictor, page)).toEqual([shard(0)]);
    const hidden = path.join(folder, 'hidden');
    await rename(path.join(folder, shard(1)), hidden);
    const { answer, hasMore } = await predictPage(predictor, page);
    await rename(hidden, path.join(folder, shard(1)));
    expect([answer.data.length, hasMore]).toEqual([222, true]);
    answer.data.forEach(({ values }, row) => {
      expect(Number(values[0])).toBeCloseTo(valueOf(row), 3);
    });
  });

  test('go on from any row, over the end of a shard, to the last one', async () => {
    const page = { folder, from: 220, limit: 1000 };
    expect(await filesOfPage(predictor, page)).toEqual([shard(0), shard(1)]);
    const { answer, hasMore } = await predictPage(predictor, page);
    expect([answer.data.length, hasMore]).toEqual([80, false]);
    answer.data.forEach(({ values }, at) => {
      expect(Number(values[0])).toBeCloseTo(valueOf(220 + at), 3);
    });
    for (const ask of [filesOfPage, predictPage])
      await expect(ask(predictor, { folder, from: ROWS, limit: 1 })).rejects.toMatchObject({
        code: 'BAD_CURSOR',
      });
  });
});

describe('an answer', () => {
  test('has so many numbers at most: pages end there, and a request of more rows is refused', async () => {
    const units = MAX_ANSWER_NUMBERS / 8;
    const predictor = await load(pooled(units), { 'out/kernel': [3, units] });
    expect(predictor.pageRows).toBe(8);
    const { answer, hasMore } = await predictPage(predictor, { folder, from: 3, limit: 1000 });
    expect([answer.data.length, hasMore]).toEqual([8, true]);
    await expect(
      predictor.predict({ rows: Array.from({ length: 9 }, () => []), from: null }),
    ).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: [expect.objectContaining({ pointer: '/rows', hint: 'Send 8 at a time' })],
    });
    predictor.dispose();
  });

  test('of which one row has too many is never given', async () => {
    const units = MAX_ANSWER_NUMBERS + 1;
    await expect(load(pooled(units), { 'out/kernel': [1] })).rejects.toMatchObject({
      code: 'CHECKPOINT_INVALID',
      detail: expect.stringContaining('1048577 numbers'),
    });
  });

  test('of a network of large inputs has few rows', async () => {
    const predictor = await load(pooled(1, [4096, 2048, 3]), { 'out/kernel': [3, 1] });
    expect(predictor.pageRows).toBe(2);
    predictor.dispose();
  });
});
