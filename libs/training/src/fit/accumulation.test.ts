// Batches whose gradients are added up, against one batch of all their samples.

import { describe, expect, test } from '@jest/globals';
import type { TrainingSettingsInput } from '@gradstream/contracts';
import type { ModelGraph } from '@gradstream/models';
import { useEngine } from '../testing/engine.js';
import { dense, distanceOf, graphOf, layer, run, wedges } from '../testing/trainings.js';
import { arrayData, type TrainingData } from './data.js';

const get = useEngine();
const COUNT = 64;

/** The two end with the same weights, to within 1e-6. */
async function expectEqual(
  graph: ModelGraph,
  given: Partial<TrainingSettingsInput>,
  train: TrainingData,
): Promise<void> {
  const shared = {
    epochs: 3,
    shuffle: false,
    optimizer: { name: 'sgd' as const, learningRate: 0.05 },
    ...given,
  };
  const whole = await run(get(), graph, { ...shared, batchSize: COUNT }, { train });
  const parts = await run(get(), graph, { ...shared, batchSize: COUNT / 4, accumulate: 4 }, { train });
  expect(parts.steps).toHaveLength(whole.steps.length);
  for (const [name, values] of Object.entries(whole.weights)) {
    expect(distanceOf(parts.weights[name] ?? [], values)).toBeLessThan(1e-6);
  }
  const norms = ({ steps }: typeof whole) => steps.map(({ gradientNorm }) => gradientNorm ?? Number.NaN);
  expect(distanceOf(norms(parts), norms(whole))).toBeLessThan(1e-5);
}

const penalized = [
  dense(8, { activation: 'gelu', kernel_regularizer: { class_name: 'L2', config: { l2: 0.01 } } }),
  dense(3, { activation: 'softmax' }),
];

/** Weights that differ from batch to batch, some of them 0. */
const weights = Float32Array.from(
  { length: COUNT },
  (_, index) => (index % 5) * (1 + Math.floor(index / 16)),
);
const { arrays } = wedges(COUNT);
const weighted = arrayData({
  inputs: arrays?.inputs ?? [],
  targets: arrays?.targets ?? [],
  weights: { values: weights, shape: [] },
});

describe('equal to the large batch', () => {
  const loss = 'sparseCategoricalCrossentropy' as const;
  test.each(['mean', 'sum', 'meanWithSampleWeight'] as const)(
    'reduction %s, with regularizers',
    async (reduction) => {
      const learningRate = reduction === 'sum' ? 0.05 / COUNT : 0.05;
      const optimizer = { name: 'sgd' as const, learningRate };
      await expectEqual(graphOf(penalized), { loss: { name: loss, reduction }, optimizer }, weighted);
    },
  );

  test('an ignored class, of which batches have more or less', async () => {
    await expectEqual(graphOf(penalized), { loss: { name: loss, ignoreClass: 1 } }, wedges(COUNT));
  });

  test('masked sequences of other lengths', async () => {
    const steps = 6;
    const inputs = Float32Array.from({ length: COUNT * steps * 2 }, (_, index) => {
      const [sample, at] = [Math.floor(index / (2 * steps)), Math.floor(index / 2) % steps];
      return at < 1 + (sample % 3) + Math.floor(sample / 16) ? Math.sin(index) : 0;
    });
    const targets = Float32Array.from({ length: COUNT * steps }, (_, index) => Math.cos(index));
    const layers = [layer('Masking'), layer('SimpleRNN', { units: 4, return_sequences: true }), dense(1)];
    const train = arrayData({
      inputs: { values: inputs, shape: [steps, 2] },
      targets: { values: targets, shape: [steps, 1] },
    });
    await expectEqual(graphOf(layers, [steps, 2]), { loss: 'meanSquaredError' }, train);
  });
});

describe('refused where no large batch can be put together', () => {
  const start = (given: Partial<TrainingSettingsInput>, layers: readonly object[] = [dense(3)]) => {
    const { arrays: given3 } = wedges(COUNT);
    const targets = { values: new Float32Array(COUNT * 3).fill(0.5), shape: [3] };
    const train = arrayData({ inputs: given3?.inputs ?? [], targets });
    return run(get(), graphOf(layers), { accumulate: 2, batchSize: 8, epochs: 1, ...given }, { train });
  };
  test.each([
    ['dice', { loss: 'dice' as const }, 'set its axis'],
    ['tversky', { loss: 'tversky' as const }, 'set its axis'],
  ])('%s over the whole batch', async (_, given, message) => {
    await expect(start(given)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      detail: expect.stringContaining(message),
    });
  });

  test('activity regularizers beside a sum', async () => {
    const layers = [dense(3, { activity_regularizer: 'l2' })];
    const given = { loss: { name: 'meanSquaredError' as const, reduction: 'sum' as const } };
    await expect(start(given, layers)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      detail: expect.stringContaining('activity regularizers'),
    });
    expect((await start({ loss: 'meanSquaredError' }, layers)).reason).toBe('completed');
  });

  test('but over axes of a sample they are means like others', async () => {
    expect((await start({ loss: { name: 'dice', axis: [1] } })).steps).toHaveLength(4);
  });
});
