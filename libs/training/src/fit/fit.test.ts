// The training loop: what it learns, and that a stop at any moment changes nothing.

import { describe, expect, test } from '@jest/globals';
import { trainingSettingsSchema, type TrainingSettingsInput } from '@gradstream/contracts';
import { parseModel, type ModelGraph } from '@gradstream/models';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listCheckpoints, openCheckpoint } from '../checkpoint/checkpoint.js';
import { useEngine } from '../testing/engine.js';
import { arrayData, type TrainingData } from './data.js';
import { predict } from './evaluate.js';
import type { StepEvent } from './events.js';
import { fit, type FitOptions } from './fit.js';
import { readWeights } from './save.js';
import { Training } from './training.js';

const get = useEngine();
const SPEC = { specSha256: 'a'.repeat(64), specVersion: 1 };

function graphOf(layers: readonly object[], input: number[] = [4]): ModelGraph {
  const first = { class_name: 'InputLayer', config: { batch_shape: [null, ...input] } };
  const parsed = parseModel({ class_name: 'Sequential', config: { layers: [first, ...layers] } });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.graph;
}
const dense = (units: number, more: object = {}): object => ({
  class_name: 'Dense',
  config: { units, ...more },
});
const dropout = { class_name: 'Dropout', config: { rate: 0.25 } };
const mlp = [dense(8, { activation: 'gelu' }), dropout, dense(3, { activation: 'softmax' })];

/** Points of three classes that lie in wedges around the origin. */
function wedges(count: number): TrainingData {
  const x = Float32Array.from({ length: count * 4 }, (_, i) => Math.sin(1.7 * i) + Math.sin(0.3 * i * i));
  const y = Int32Array.from({ length: count }, (_, i) => {
    const angle = Math.atan2(x[4 * i] ?? 0, x[4 * i + 1] ?? 0) + Math.PI;
    return Math.min(2, Math.floor((3 * angle) / (2 * Math.PI)));
  });
  return arrayData({ inputs: { values: x, shape: [4] }, targets: { values: y, shape: [] } });
}

const settingsOf = (given: Partial<TrainingSettingsInput> = {}) =>
  trainingSettingsSchema.parse({ loss: 'sparseCategoricalCrossentropy', ...given });

interface Ran {
  readonly steps: StepEvent[];
  readonly weights: Record<string, number[]>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly reason: string;
}

/** Trains from the start or from a checkpoint, and gives the final weights. */
async function run(
  graph: ModelGraph,
  given: Partial<TrainingSettingsInput>,
  options: FitOptions,
): Promise<Ran> {
  const training = new Training(get(), graph, settingsOf(given));
  const steps: StepEvent[] = [];
  try {
    const { metrics, reason } = await fit(training, { ...options, onStep: (event) => steps.push(event) });
    const weights = [...readWeights(training)].map(([name, { values }]) => [name, [...values]]);
    return { steps, metrics, reason, weights: Object.fromEntries(weights) as Record<string, number[]> };
  } finally {
    training.dispose();
  }
}

/** Works in a folder of its own. */
async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'gradstream-fit-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('learning', () => {
  test('a small network learns three classes', async () => {
    const data = wedges(300);
    const { metrics, steps, reason } = await run(
      graphOf([dense(16, { activation: 'relu' }), dense(3, { activation: 'softmax' })]),
      { epochs: 40, optimizer: { name: 'adam', learningRate: 0.01 }, metrics: ['accuracy'], batchSize: 32 },
      { train: data, validation: data },
    );
    expect(reason).toBe('completed');
    expect(steps).toHaveLength(400);
    expect(metrics['valAccuracy']).toBeGreaterThan(0.95);
    expect(metrics['loss']).toBeLessThan(0.3);
  });

  test('a layer that is a formula learns, with a gradient by hand as with that of TensorFlow', async () => {
    const data = wedges(300);
    const swish = {
      inputs: ['x'],
      parameters: { beta: { shape: ['features'], initializer: 'ones' } },
      formula: 's = sigmoid(beta * x); x * s',
    };
    const backward = {
      x: 'gradient * (s + beta * output * (1 - s))',
      beta: 'gradient * x * output * (1 - s)',
    };
    const learn = (config: object): Promise<Ran> =>
      run(
        graphOf([
          dense(16),
          { class_name: 'Expression', config: { name: 'swish', ...config } },
          dense(3, { activation: 'softmax' }),
        ]),
        { epochs: 10, optimizer: { name: 'adam', learningRate: 0.02 }, metrics: ['accuracy'], batchSize: 32 },
        { train: data, validation: data },
      );
    const [automatic, byHand] = [await learn(swish), await learn({ ...swish, backward })];
    expect(automatic.metrics['valAccuracy']).toBeGreaterThan(0.9);
    expect(automatic.weights['swish/beta']).not.toEqual(Array.from({ length: 16 }, () => 1));
    expect(byHand.steps).toHaveLength(100);
    byHand.steps.forEach(({ metrics }, index) => {
      expect(metrics['loss']).toBeCloseTo(automatic.steps[index]?.metrics['loss'] ?? NaN, 3);
    });
  });
});

/** Runs whole, and stopped after some steps and resumed; the two must end alike. */
async function expectExact(graph: ModelGraph, given: Partial<TrainingSettingsInput>, stopAfterCalls: number) {
  const train = wedges(50);
  const whole = await run(graph, given, { train, validation: wedges(20) });
  await inFolder(async (folder) => {
    const checkpoints = { folder, ...SPEC };
    let calls = 0;
    const first = await run(graph, given, {
      train,
      validation: wedges(20),
      checkpoints,
      shouldStop: () => calls++ >= stopAfterCalls,
    });
    expect(first.reason).toBe('stopped');
    const newest = (await listCheckpoints(folder)).at(-1);
    const resumeFrom = await openCheckpoint(newest?.folder ?? '');
    const second = await run(graph, given, { train, validation: wedges(20), checkpoints, resumeFrom });
    await resumeFrom.close();
    expect(second.weights).toEqual(whole.weights);
    expect(second.metrics).toEqual(whole.metrics);
    const told = (ran: Ran) =>
      ran.steps.map(({ step, metrics, learningRate }) => ({ step, metrics, learningRate }));
    expect([...told(first), ...told(second)]).toEqual(told(whole));
  });
}

describe('resume is exact', () => {
  test.each(
    (['sgd', 'adam', 'lamb'] as const).flatMap((optimizer) =>
      (['float32', 'bfloat16'] as const).flatMap((precision) =>
        [3, 9].map((after) => ({ optimizer, precision, after })),
      ),
    ),
  )('$optimizer, $precision, stopped after $after batches', async ({ optimizer, precision, after }) => {
    await expectExact(
      graphOf(mlp),
      { optimizer, precision, batchSize: 8, epochs: 3, metrics: ['accuracy'] },
      after,
    );
  });

  test('in the middle of an accumulation', async () => {
    await expectExact(graphOf(mlp), { optimizer: 'adam', batchSize: 4, accumulate: 3, epochs: 2 }, 8);
  });

  test('with averages, a schedule, early stopping and regularizers', async () => {
    const layers = [
      dense(8, { activation: 'tanh', kernel_regularizer: 'l2' }),
      dense(3, { activation: 'softmax' }),
    ];
    await expectExact(
      graphOf(layers),
      {
        optimizer: { name: 'adamW', ema: { momentum: 0.9 } },
        schedule: { name: 'cosine', warmupSteps: 4 },
        earlyStopping: { patience: 2, restoreBest: true },
        reduceOnPlateau: { patience: 1, factor: 0.5 },
        batchSize: 16,
        epochs: 6,
      },
      11,
    );
  });
});

test('several steps a call are the same steps', async () => {
  const train = wedges(96);
  const given = { batchSize: 8, epochs: 3, metrics: ['accuracy' as const] };
  const one = await run(graphOf(mlp), given, { train });
  const four = await run(graphOf(mlp), { ...given, stepsPerCall: 4 }, { train });
  expect(four.weights).toEqual(one.weights);
  expect(four.steps.map(({ step, metrics }) => ({ step, metrics }))).toEqual(
    one.steps.map(({ step, metrics }) => ({ step, metrics })),
  );
});

test('activations that are computed again give the same bytes', async () => {
  const layers = [...Array.from({ length: 9 }, () => dense(8, { activation: 'tanh' })), dropout, dense(3)];
  const given = { loss: { name: 'sparseCategoricalCrossentropy' as const, fromLogits: true }, epochs: 2 };
  const train = wedges(64);
  const kept = await run(graphOf(layers), given, { train });
  expect((await run(graphOf(layers), { ...given, recompute: 'blocks' }, { train })).weights).toEqual(
    kept.weights,
  );
  const training = (memoryLimit: number) =>
    new Training(get(), graphOf(layers), settingsOf({ ...given, recompute: 'auto', memoryLimit }));
  const [tight, wide] = [training(10_000), training(1e9)];
  expect(tight.segments.length).toBeGreaterThan(1);
  expect(wide.segments).toEqual([]);
  tight.dispose();
  wide.dispose();
});

test('four batches of 16 accumulated are a batch of 64', async () => {
  const train = wedges(192);
  const layers = [dense(8, { activation: 'gelu' }), dense(3, { activation: 'softmax' })];
  const given = { epochs: 4, shuffle: false, optimizer: { name: 'sgd' as const, learningRate: 0.1 } };
  const whole = await run(graphOf(layers), { ...given, batchSize: 64 }, { train });
  const parts = await run(graphOf(layers), { ...given, batchSize: 16, accumulate: 4 }, { train });
  for (const [name, values] of Object.entries(whole.weights)) {
    values.forEach((value, index) => {
      const other = parts.weights[name]?.[index] ?? Number.NaN;
      expect(Math.abs(value - other)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(value)));
    });
  }
  expect(parts.steps).toHaveLength(whole.steps.length);
});

test('predictions come in the order of the samples, whatever the batch', async () => {
  const data = wedges(10);
  const training = new Training(get(), graphOf(mlp), settingsOf());
  const [whole] = await predict(training, data, 10);
  const [parts] = await predict(training, data, 3);
  training.dispose();
  expect(whole?.shape).toEqual([3]);
  expect(whole?.values).toHaveLength(30);
  parts?.values.forEach((value, index) => {
    expect(value).toBeCloseTo(whole?.values[index] ?? Number.NaN, 6);
  });
});

test('a loss that is not finite ends it, after its event', async () => {
  const values = Float32Array.from({ length: 32 }, (_, i) => (i === 20 ? Number.NaN : 1));
  const train = arrayData({
    inputs: { values, shape: [4] },
    targets: { values: new Int32Array(8), shape: [] },
  });
  const training = new Training(get(), graphOf(mlp), settingsOf({ batchSize: 2, shuffle: false }));
  const steps: StepEvent[] = [];
  const running = fit(training, { train, onStep: (event) => steps.push(event) });
  await expect(running).rejects.toMatchObject({
    code: 'DIVERGED',
    detail: expect.stringContaining('step 3'),
  });
  expect(steps).toHaveLength(3);
  training.dispose();
});

test.each([
  ['no samples', new Float32Array(0), new Int32Array(0), [4], 'no samples'],
  ['another input', new Float32Array(6), new Int32Array(2), [3], 'the model takes [4]'],
])('data that does not fit is refused: %s', async (_, x, y, shape, message) => {
  const train = arrayData({ inputs: { values: x, shape }, targets: { values: y, shape: [] } });
  const training = new Training(get(), graphOf(mlp), settingsOf());
  await expect(fit(training, { train })).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
    detail: expect.stringContaining(message),
  });
  training.dispose();
});
