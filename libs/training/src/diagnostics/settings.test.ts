// Diagnostics with settings that are not for them, and options that make no sense.

import { describe, expect, test } from '@jest/globals';
import type { TrainingSettingsInput } from '@gradstream/contracts';
import { Training } from '../fit/training.js';
import type { Samples } from '../fit/data.js';
import { useEngine } from '../testing/engine.js';
import { dense, graphOf, settingsOf, wedges } from '../testing/trainings.js';
import { checkInitialLoss } from './initialLoss.js';
import { learningRateRange, type RangeOptions } from './learningRateRange.js';
import { overfitOneBatch, type OverfitOptions } from './overfit.js';

const get = useEngine();
const graph = graphOf([dense(3, { activation: 'softmax' })]);
const batch = wedges(16).take(Uint32Array.from({ length: 16 }, (_, at) => at));

describe('rules that watch validation are of the training, not of a diagnostic', () => {
  const settings = settingsOf({
    checkpoints: { keepLast: 1, keepBest: 1 },
    earlyStopping: {},
    reduceOnPlateau: {},
  });

  test('a learning-rate range', async () => {
    const { points } = await learningRateRange(get(), graph, settings, wedges(16), { steps: 5 });
    expect(points).toHaveLength(5);
  });

  test('one batch by heart', async () => {
    expect((await overfitOneBatch(get(), graph, settings, batch, { steps: 5 })).steps).toBe(5);
  });
});

describe('options that make no sense are refused', () => {
  test.each<RangeOptions>([
    { steps: 1 },
    { steps: 2.5 },
    { lowest: 0 },
    { lowest: 1, highest: 1 },
    { highest: Number.NaN },
  ])('a range of %p', async (options) => {
    await expect(learningRateRange(get(), graph, settingsOf(), wedges(16), options)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });

  test.each<OverfitOptions>([{ steps: 0 }, { steps: 1.5 }, { share: 0 }, { share: 1 }])(
    'a batch with %p',
    async (options) => {
      await expect(overfitOneBatch(get(), graph, settingsOf(), batch, options)).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
      });
    },
  );
});

describe('losses that are no plain mean', () => {
  const initial = async (given: Partial<TrainingSettingsInput>) => {
    const training = new Training(get(), graph, settingsOf(given));
    try {
      return await checkInitialLoss(training, wedges(64));
    } finally {
      training.dispose();
    }
  };
  const name = 'sparseCategoricalCrossentropy' as const;

  test('begin where nobody knows', async () => {
    const unknown = { expected: null, verdict: 'unknown' };
    expect(await initial({ loss: { name, reduction: 'sum' } })).toMatchObject(unknown);
    expect(await initial({ classWeights: [10, 10, 10] })).toMatchObject(unknown);
    // Divided by the same weights it is that of guessing.
    const divided = await initial({
      loss: { name, reduction: 'meanWithSampleWeight' },
      classWeights: [10, 10, 10],
    });
    expect(divided.expected).toBeCloseTo(Math.log(3), 12);
  });

  test('sums are learned when they come near the lowest of all samples', async () => {
    const targets = { values: Float32Array.from({ length: 48 }, (_, at) => Math.cos(at % 12)), shape: [3] };
    const directions: Samples = { ...batch, targets: [targets] };
    const settings = settingsOf({
      loss: { name: 'cosineSimilarity', reduction: 'sum' },
      optimizer: { name: 'adam', learningRate: 1e-6 },
    });
    const linear = graphOf([dense(3)]);
    const result = await overfitOneBatch(get(), linear, settings, directions, { steps: 3 });
    expect(result).toMatchObject({ lowestLoss: -16, learned: false, steps: 3 });
  });
});
