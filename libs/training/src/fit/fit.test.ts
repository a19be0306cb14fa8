// The training loop: what it learns, and that a stop at any moment changes nothing.

import { describe, expect, test } from '@jest/globals';
import type { TrainingSettingsInput } from '@gradstream/contracts';
import type { ModelGraph } from '@gradstream/models';
import { useEngine } from '../testing/engine.js';
import {
  dense,
  dropout,
  graphOf,
  mlp,
  run as trainedRun,
  settingsOf,
  wedges,
  type Ran,
} from '../testing/trainings.js';
import { arrayData } from './data.js';
import { predict } from './evaluate.js';
import type { StepEvent } from './events.js';
import { fit } from './fit.js';
import type { FitOptions } from './options.js';
import { Training } from './training.js';

const get = useEngine();
const run = (graph: ModelGraph, given: Partial<TrainingSettingsInput>, options: FitOptions): Promise<Ran> =>
  trainedRun(get(), graph, given, options);

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
