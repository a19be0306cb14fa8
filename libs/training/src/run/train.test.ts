// Runs of the digits by their spec. TENSORFLOW_DIR comes from the test tool.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { runSpecSchema, type NewFrame, type RunSpec, type RunSpecInput } from '@gradstream/contracts';
import { DEFAULT_LIMITS, ingest, openCsv, ShardedDataset } from '@gradstream/datasets';
import { engine as tensorflow, type Engine } from '@gradstream/engine';
import { parseModel, type ModelGraph } from '@gradstream/models';
import { readFileSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { Network } from '../network/network.js';
import { stepSeed } from '../network/seeds.js';
import type { RunCheckpoint } from './checkpoints.js';
import { settingsOf } from './settings.js';
import { train, type RunStart } from './train.js';

jest.setTimeout(60_000);

const examples = path.resolve(import.meta.dirname, '../../../../examples/digits');
const inputColumns = Array.from({ length: 64 }, (_, i) => `p${i}`);
let engine: Engine;
let stored = '';
let digits: ShardedDataset;
/** The same, whether a digit is above 4 as the label. */
let halves: ShardedDataset;

/** A CSV as a stored dataset. */
async function store(csv: string, name: string): Promise<ShardedDataset> {
  const folder = path.join(stored, name);
  const source = await openCsv(Readable.from([Buffer.from(csv)]), DEFAULT_LIMITS, ',');
  await ingest(source, { folder });
  return ShardedDataset.open(folder);
}

beforeAll(async () => {
  const { TENSORFLOW_DIR: tensorflowDir } = process.env;
  if (!tensorflowDir) throw new Error('TENSORFLOW_DIR is not set: run this with "npm test -- --ring unit"');
  engine = tensorflow.start({ tensorflowDir, intraOpThreads: 2, interOpThreads: 1 });
  stored = await mkdtemp(path.join(tmpdir(), 'gradstream-digits-'));
  const csv = readFileSync(path.join(examples, 'digits.csv'), 'utf8');
  digits = await store(csv, 'digits');
  const half = (digit: string): string => (Number(digit) > 4 ? 'high' : 'low');
  halves = await store(
    csv.replaceAll(/,(\d+)$/gm, (_, digit: string) => `,${half(digit)}`),
    'halves',
  );
});
afterAll(async () => {
  await rm(stored, { recursive: true });
});

/** A JSON document of the repository. */
const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

function graphOf(definition: unknown): ModelGraph {
  const parsed = parseModel(definition);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.graph;
}

/** A complete spec of the digits. */
function specOf(changes: Partial<RunSpecInput>): RunSpec {
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

interface Given {
  readonly model?: string;
  readonly definition?: unknown;
  readonly stopAfter?: number;
  readonly resumeFrom?: string;
  readonly dataset?: ShardedDataset;
}

type Told = RunCheckpoint & { readonly weights: Buffer };

/** Trains the digits; returns what it said. Checkpoints stay in `folder` where one is given. */
async function trainDigits(changes: Partial<RunSpecInput>, options: Given = {}, folder?: string) {
  const own = folder ?? (await mkdtemp(path.join(tmpdir(), 'gradstream-training-')));
  const frames: NewFrame[] = [];
  const checkpoints: Told[] = [];
  let start: RunStart | null = null;
  const { definition = readJson(path.join(examples, options.model ?? 'model.json')) } = options;
  try {
    const outcome = await train({
      engine,
      graph: graphOf(definition),
      dataset: options.dataset ?? digits,
      spec: specOf(changes),
      folder: own,
      ...(options.resumeFrom ? { resumeFrom: options.resumeFrom } : {}),
      onStart: (told) => (start = told),
      onFrame: (frame) => frames.push(frame),
      onCheckpoint: (checkpoint) =>
        checkpoints.push({ ...checkpoint, weights: readFileSync(checkpoint.files[0]?.file ?? '') }),
      shouldStop: () =>
        frames.filter(({ series }) => series.includes('stepMs')).length >= (options.stopAfter ?? Infinity),
    });
    return { outcome, frames, checkpoints, start: start as RunStart | null };
  } finally {
    if (folder === undefined) await rm(own, { recursive: true });
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
    const hash = async (changes: Partial<RunSpecInput>): Promise<string | undefined> =>
      (await trainDigits({ epochs: 2, ...changes })).checkpoints.at(-1)?.files[0]?.sha256;
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
    const inputs: RunSpecInput['inputs'] = [{ columns: inputColumns, scale: 'standardize' }];
    const split = { train: 0.8, validation: 0.2, by: 'sequential', seed: 1 } as const;
    const { checkpoints } = await trainDigits({ epochs: 1, inputs, split });
    const content = checkpoints[0]?.weights ?? Buffer.alloc(8);
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

  test('it stops where it is told to, with a checkpoint', async () => {
    const { outcome, frames, checkpoints } = await trainDigits({}, { stopAfter: 7 });
    expect(outcome).toBe('stopped');
    expect(frames.at(-1)?.step).toBe(7);
    expect(checkpoints.map(({ step, epoch, files }) => [step, epoch, files.map(({ name }) => name)])).toEqual(
      [[7, 1, ['model.safetensors', 'state.safetensors', 'manifest.json']]],
    );
  });

  test('a resumed run ends with the bytes of one that was never stopped, a fork with changes does not', async () => {
    const whole = await trainDigits({ epochs: 2 });
    const folder = await mkdtemp(path.join(tmpdir(), 'gradstream-resume-'));
    try {
      const first = await trainDigits({ epochs: 2 }, { stopAfter: 50 }, folder);
      const file = first.checkpoints.at(-1)?.files[0]?.file ?? '';
      const resumeFrom = path.join(folder, 'step-50');
      await rename(path.dirname(file), resumeFrom);
      const second = await trainDigits({ epochs: 2 }, { resumeFrom });
      expect(second.start).toEqual({ totalSteps: 90, step: 50, inexact: [], precision: 'float32' });
      expect(second.checkpoints.at(-1)?.weights).toEqual(whole.checkpoints.at(-1)?.weights);
      const steps = ({ frames }: { frames: NewFrame[] }): number[] =>
        frames.filter(({ series }) => series.includes('stepMs')).map(({ step }) => step);
      expect([...steps(first), ...steps(second)]).toEqual(Array.from({ length: 90 }, (_, i) => i + 1));

      const origin = { run: `run_${'0'.repeat(32)}`, checkpoint: `ckpt_${'0'.repeat(32)}`, step: 50 };
      const tensorsOf = ({ checkpoints }: { checkpoints: Told[] }): Buffer | undefined => {
        const bytes = checkpoints.at(-1)?.weights;
        return bytes?.subarray(8 + Number(bytes.readBigUInt64LE(0)));
      };
      const same = await trainDigits({ epochs: 2, origin }, { resumeFrom });
      expect(tensorsOf(same)).toEqual(tensorsOf(whole));
      const changes = { earlyStopping: { patience: 1 }, metrics: ['f1' as const], clip: null, epochs: 3 };
      const other = await trainDigits({ origin, ...changes }, { resumeFrom });
      expect(other.start).toMatchObject({ step: 50, totalSteps: 135 });
      expect(tensorsOf(other)).not.toEqual(tensorsOf(whole));
      await expect(trainDigits({ epochs: 3 }, { resumeFrom })).rejects.toMatchObject({
        code: 'CHECKPOINT_INVALID',
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('a loss that is no longer finite ends it with the step', async () => {
    const optimizer = { name: 'sgd', learningRate: 1000, momentum: 0.9, nesterov: false } as const;
    const inputs: RunSpecInput['inputs'] = [{ columns: inputColumns, scale: 'none' }];
    const loss = 'sparseCategoricalCrossentropy' as const;
    await expect(trainDigits({ optimizer, inputs, loss, clip: null })).rejects.toMatchObject({
      code: 'DIVERGED',
      detail: expect.stringMatching(/step \d+/),
    });
  });
});

describe('settings of a run', () => {
  const small = (units: number, activation: string): object => ({
    class_name: 'Sequential',
    config: {
      layers: [
        { class_name: 'InputLayer', config: { batch_shape: [null, 64] } },
        { class_name: 'Dense', config: { units, activation, name: 'out' } },
      ],
    },
  });
  const target = (task: 'binary' | 'classification' | 'regression') => ({ column: 'label', task });
  test('one unit decides between two classes', async () => {
    const { frames } = await trainDigits(
      {
        target: target('binary'),
        classCount: 2,
        loss: 'binaryCrossentropy',
        metrics: ['binaryAccuracy', 'rocAuc'],
        epochs: 15,
        optimizer: { name: 'adam', learningRate: 0.02 },
      },
      { definition: small(1, 'sigmoid'), dataset: halves },
    );
    expect(seriesOf(frames, 'valBinaryAccuracy').at(-1)).toBeGreaterThan(0.85);
    expect(seriesOf(frames, 'valRocAuc').at(-1)).toBeGreaterThan(0.9);
  });

  test('a loss that takes one-hot targets sees the same as one that takes indexes', async () => {
    const losses = async (loss: RunSpecInput['loss']): Promise<number[]> =>
      seriesOf((await trainDigits({ loss, epochs: 1 })).frames, 'loss');
    const [indexes, oneHot] = [
      await losses('sparseCategoricalCrossentropy'),
      await losses('categoricalCrossentropy'),
    ];
    expect(oneHot).toHaveLength(45);
    oneHot.forEach((loss, step) => {
      expect(loss).toBeCloseTo(indexes[step] ?? Number.NaN, 5);
    });
  });

  test('numbers are predicted', async () => {
    const optimizer = { name: 'adam' as const, learningRate: 0.02 };
    const { frames } = await trainDigits(
      {
        target: target('regression'),
        classCount: null,
        loss: 'huber',
        metrics: ['r2'],
        epochs: 15,
        optimizer,
      },
      { definition: small(1, 'linear') },
    );
    expect(seriesOf(frames, 'valR2').at(-1)).toBeGreaterThan(0.3);
  });

  test('balanced classes: the factor of a class is rows / (classes · its rows)', () => {
    const data = { train: { count: 4 }, outputs: [{ name: null, classRows: [3, 1, 0] }] };
    const { classWeights } = settingsOf(specOf({ classWeights: 'balanced', classCount: 3 }), data);
    // Three rows of class 0, one of class 1, none of class 2.
    expect(classWeights).toEqual([4 / 9, 4 / 3, 0]);
  });

  test('a number of steps ends it, and is the length of the schedule', async () => {
    const { frames, start } = await trainDigits({ steps: 60, schedule: 'linear' });
    expect(start?.totalSteps).toBe(60);
    const rates = seriesOf(frames, 'learningRate');
    expect(rates).toHaveLength(60);
    // Linear to 0 at step 60; the last update is number 59 from 0.
    expect(rates.at(-1)).toBeCloseTo(0.001 * (1 - 59 / 60), 9);
  });

  test('a billion steps of one row each are as many epochs', () => {
    const spec = specOf({ steps: 1e9, batchSize: 32 });
    expect(settingsOf(spec, { train: { count: 1 }, outputs: [] })).toMatchObject({
      epochs: 1e9,
      limits: { steps: 1e9 },
    });
  });

  test('full statistics are told where they are asked for, and nothing where they are off', async () => {
    const gradients = { normsEverySteps: 2, fullEverySteps: 3 };
    const { frames } = await trainDigits({ steps: 6, telemetry: { gradients } });
    const told = frames.filter(({ kind }) => kind === 'gradients');
    expect(told.map(({ step }) => step)).toEqual([2, 3, 4, 6]);
    expect(told[0]?.series).toEqual(['dense_1/norm', 'dense_2/norm', 'output/norm']);
    const full = told[1]?.series ?? [];
    for (const name of ['norm', 'mean', 'std', 'zeroFraction', 'nonFinite', 'updateRatio'])
      expect(full).toContain(`output/${name}`);
    // Each of the elements of the layer is zero or in one bin.
    const counted = full.flatMap((name, at) =>
      name.startsWith('output/histogram/') ? [told[1]?.values[at] ?? 0] : [],
    );
    const elements = 64 * 10 + 10;
    const zeros = elements * (told[1]?.values[full.indexOf('output/zeroFraction')] ?? Number.NaN);
    expect(counted.reduce((sum, count) => sum + count, zeros)).toBeCloseTo(elements, 3);
    const off = await trainDigits({ steps: 3, telemetry: { gradients: 'off' } });
    expect(off.frames.some(({ kind }) => kind === 'gradients')).toBe(false);
    expect(seriesOf(off.frames, 'loss')).toHaveLength(3);
  });

  test('float16 without a GPU is refused in words', async () => {
    await expect(trainDigits({ precision: 'float16' })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      detail: expect.stringContaining('needs a GPU'),
    });
  });
});
