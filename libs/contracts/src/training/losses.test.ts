import { describe, expect, test } from '@jest/globals';
import { lossSettingsSchema, outputLossSchema } from './losses.js';
import { metricsSettingsSchema } from './metrics.js';

const isAccepted = (value: unknown): boolean => lossSettingsSchema.safeParse(value).success;

describe('losses', () => {
  test('a name stands for the defaults of Keras 3', () => {
    expect(lossSettingsSchema.parse('binaryFocalCrossentropy')).toEqual({
      name: 'binaryFocalCrossentropy',
      applyClassBalancing: false,
      alpha: 0.25,
      gamma: 2,
      fromLogits: false,
      labelSmoothing: 0,
      axis: -1,
      reduction: 'sumOverBatchSize',
    });
    expect(lossSettingsSchema.parse({ name: 'tversky', axis: [1, 2] })).toEqual({
      name: 'tversky',
      alpha: 0.5,
      beta: 0.5,
      axis: [1, 2],
      reduction: 'sumOverBatchSize',
    });
    expect(outputLossSchema.parse({ loss: 'poisson' })).toMatchObject({ weight: 1, classWeights: null });
  });

  test.each([
    ['mae', 'meanAbsoluteError'],
    ['mape', 'meanAbsolutePercentageError'],
    ['mse', 'meanSquaredError'],
    ['msle', 'meanSquaredLogarithmicError'],
  ])('%s is short for %s', (short, name) => {
    expect(lossSettingsSchema.parse(short)).toEqual({ name, reduction: 'sumOverBatchSize' });
    expect(lossSettingsSchema.parse({ name: short, reduction: 'sum' })).toEqual({ name, reduction: 'sum' });
  });

  test.each([
    null,
    'hingeLoss',
    '__proto__',
    { name: 'hinge', delta: 1 },
    { name: 'huber', delta: 0 },
    { name: 'huber', delta: Number.NaN },
    { name: 'circle', gamma: Number.POSITIVE_INFINITY },
    { name: 'binaryCrossentropy', labelSmoothing: 1.1 },
    { name: 'categoricalGeneralizedCrossEntropy', q: 1 },
    { name: 'dice', axis: [] },
    { name: 'mse', reduction: 'average' },
  ])('%j is refused', (value) => {
    expect(isAccepted(value)).toBe(false);
  });
});

describe('metrics', () => {
  test('names and options', () => {
    expect(
      metricsSettingsSchema.parse(['accuracy', { name: 'topKCategoricalAccuracy', k: 3 }, 'f1']),
    ).toEqual([
      { name: 'accuracy' },
      { name: 'topKCategoricalAccuracy', k: 3 },
      { name: 'f1', threshold: null, average: 'macro' },
    ]);
  });

  test('two of one name need a label', () => {
    const two = (label?: string): unknown => [{ name: 'recall' }, { name: 'recall', average: 'none', label }];
    expect(metricsSettingsSchema.safeParse(two()).success).toBe(false);
    expect(metricsSettingsSchema.safeParse(two('recallOfClass')).success).toBe(true);
    expect(metricsSettingsSchema.safeParse(two('a/b')).success).toBe(false);
  });
});
