// One file, for a process has one engine. TENSORFLOW_DIR comes from the test tool.

import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { runSpecSchema, type NewFrame, type RunSpec } from '@gradstream/contracts';
import { loadTable } from '@gradstream/datasets';
import { engine as tensorflow, type Engine } from '@gradstream/engine';
import { parseModel, type ModelGraph } from '@gradstream/models';
import { createReadStream, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { train, type CheckpointFile } from './loop/train.js';
import { Network } from './network/network.js';
import { stepSeed } from './network/seeds.js';

jest.setTimeout(60_000);

const examples = path.resolve(import.meta.dirname, '../../../examples/digits');
const inputColumns = Array.from({ length: 64 }, (_, i) => `p${i}`);
let engine: Engine;

beforeAll(() => {
  const { TENSORFLOW_DIR: tensorflowDir } = process.env;
  if (!tensorflowDir) throw new Error('TENSORFLOW_DIR is not set: run this with "npm test -- --ring unit"');
  engine = tensorflow.start({ tensorflowDir, intraOpThreads: 2, interOpThreads: 1 });
});

/** A JSON document of the repository. */
const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

function graphOf(definition: unknown): ModelGraph {
  const parsed = parseModel(definition);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.graph;
}

/** A complete spec of the digits. */
function specOf(changes: Partial<RunSpec>): RunSpec {
  const given = readJson(path.join(examples, 'run.json')) as object;
  const rest = {
    dataset: `ds_${'0'.repeat(32)}`,
    specVersion: 1,
    engineVersion: '2.21.0',
    model: { id: null, definition: {} },
    datasetSha256: '',
    inputColumns,
    classCount: 10,
  };
  return runSpecSchema.parse({ ...given, ...rest, ...changes });
}

/** Trains the digits; returns what it said. */
async function trainDigits(changes: Partial<RunSpec>, options: { model?: string; stopAfter?: number } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'gradstream-training-'));
  const frames: NewFrame[] = [];
  const checkpoints: (CheckpointFile & { content: Buffer })[] = [];
  const pending: Promise<unknown>[] = [];
  const table = await loadTable(createReadStream(path.join(examples, 'digits.csv')), {
    inputs: inputColumns,
    target: 'label',
    task: 'classification',
    targetType: 'numeric',
  });
  try {
    const outcome = await train({
      engine,
      graph: graphOf(readJson(path.join(examples, options.model ?? 'model.json'))),
      table,
      spec: specOf(changes),
      folder,
      onStart: () => undefined,
      onFrame: (frame) => frames.push(frame),
      onCheckpoint: (checkpoint) =>
        pending.push(
          readFile(checkpoint.file).then((content) => checkpoints.push({ ...checkpoint, content })),
        ),
      shouldStop: () =>
        frames.filter(({ kind }) => kind === 'gradients').length >= (options.stopAfter ?? Infinity),
    });
    await Promise.all(pending);
    return { outcome, frames, checkpoints };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The values of one series. */
const seriesOf = (frames: readonly NewFrame[], name: string): number[] =>
  frames.flatMap(({ series, values }) =>
    series.includes(name) ? [values[series.indexOf(name)] ?? Number.NaN] : [],
  );

test('layers drop other values at every step', () => {
  const { tf } = engine;
  /** Which values are kept, by a dropout that is the first layer or the second one. */
  const keptBy = (position: 0 | 1, step: number): string => {
    const graph = graphOf({
      class_name: 'Sequential',
      config: {
        layers: [
          { class_name: 'InputLayer', config: { batch_shape: [null, 1000] } },
          ...(position === 1 ? [{ class_name: 'Flatten', config: {} }] : []),
          { class_name: 'Dropout', config: { rate: 0.5 } },
          { class_name: 'Dense', config: { units: 1000, use_bias: false, kernel_initializer: 'identity' } },
        ],
      },
    });
    const network = new Network(engine, graph, 1);
    const kept = tf.tidy(() => {
      const seed = tf.tensor1d([...stepSeed(1, step)], 'int32');
      const [output] = network.forward([tf.ones([1, 1000])], { seed }).outputs;
      return Array.from(output?.dataSync() ?? [], (value) => (value > 0 ? 1 : 0)).join('');
    });
    network.dispose();
    return kept;
  };
  const kept = [keptBy(0, 0), keptBy(0, 1), keptBy(1, 0), keptBy(1, 1), keptBy(0, 7919)];
  expect(new Set(kept).size).toBe(kept.length);
  expect(keptBy(1, 7919)).toBe(keptBy(1, 7919));
});

describe('the loop', () => {
  test('the digits reach 0.96, and tell each step once', async () => {
    const before = engine.liveTensors();
    const { outcome, frames, checkpoints } = await trainDigits({});
    expect(outcome).toBe('completed');
    expect(seriesOf(frames, 'valAccuracy').at(-1)).toBeGreaterThanOrEqual(0.96);
    const steps = frames.filter(({ series }) => series.includes('loss')).map(({ step }) => step);
    expect(steps).toEqual(Array.from({ length: 900 }, (_, i) => i + 1)); // 20 epochs of ceil(1438 / 32) = 45.
    expect(Math.max(...seriesOf(frames, 'clippedGradientNorm'))).toBeLessThanOrEqual(1.000001);
    expect(Math.max(...seriesOf(frames, 'gradientNorm'))).toBeGreaterThan(1);
    expect(frames.find(({ kind }) => kind === 'gradients')?.series).toEqual([
      'dense_1/norm',
      'dense_2/norm',
      'output/norm',
    ]);
    expect(checkpoints).toHaveLength(20);
    expect(engine.liveTensors()).toBe(before);
  });

  test('the same seed gives the same bytes, another one others', async () => {
    const hash = async (changes: Partial<RunSpec>): Promise<string | undefined> =>
      (await trainDigits({ epochs: 2, ...changes })).checkpoints.at(-1)?.sha256;
    const first = await hash({});
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await hash({})).toBe(first);
    expect(await hash({ seed: 43 })).not.toBe(first);
  });

  test('a convolutional network learns, with SGD in bfloat16', async () => {
    const optimizer = { name: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: true } as const;
    const { frames } = await trainDigits(
      { epochs: 5, optimizer, precision: 'bfloat16' },
      { model: 'model-cnn.json' },
    );
    expect(seriesOf(frames, 'valAccuracy').at(-1)).toBeGreaterThan(0.9);
  });

  test('a checkpoint says how rows become inputs, and which output is which class', async () => {
    const inputs: RunSpec['inputs'] = [{ columns: inputColumns, scale: 'standardize' }];
    const split = { train: 0.8, validation: 0.2, by: 'sequential', seed: 1 } as const;
    const { checkpoints } = await trainDigits({ epochs: 1, inputs, split });
    const content = checkpoints[0]?.content ?? Buffer.alloc(8);
    const header = content.subarray(8, 8 + Number(content.readBigUInt64LE(0))).toString();
    const { __metadata__: metadata } = JSON.parse(header) as { __metadata__: Record<string, string> };
    const read = (name: string): unknown => JSON.parse(metadata[name] ?? 'null');
    expect(read('classes')).toEqual(Array.from({ length: 10 }, (_, i) => String(i)));
    expect(read('inputColumns')).toEqual(inputColumns);
    const { offset, factor } = read('scaling') as { offset: number[]; factor: number[] };
    // Python (math.fsum): mean and 1 / pstdev of p2 in the first 1,438 rows of digits.csv; p0 is constant.
    expect(offset[2]).toBeCloseTo(5.182892906815021, 12);
    expect(factor[2]).toBeCloseTo(0.21163147603991578, 12);
    expect(factor[0]).toBe(0);
  });

  test('another number of classes than the check counted ends it', async () => {
    await expect(trainDigits({ classCount: 9 })).rejects.toMatchObject({ code: 'DATASET_UNREADABLE' });
  });

  test('it stops where it is told to', async () => {
    const { outcome, frames } = await trainDigits({}, { stopAfter: 7 });
    expect(outcome).toBe('stopped');
    expect(frames.at(-1)?.step).toBe(7);
  });

  test('a loss that is no longer finite ends it with the step', async () => {
    const optimizer = { name: 'sgd', learningRate: 1000, momentum: 0.9, nesterov: false } as const;
    const inputs: RunSpec['inputs'] = [{ columns: inputColumns, scale: 'none' }];
    const loss: RunSpec['loss'] = { name: 'sparseCategoricalCrossentropy', fromLogits: false };
    await expect(trainDigits({ optimizer, inputs, loss, clip: null })).rejects.toMatchObject({
      code: 'DIVERGED',
      detail: expect.stringMatching(/step \d+/),
    });
  });
});
