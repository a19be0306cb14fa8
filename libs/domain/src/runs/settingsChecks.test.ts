import { describe, expect, test } from '@jest/globals';
import { createRunSchema, type CreateRun } from '@gradstream/contracts';
import type { z } from 'zod';
import { checkSettings } from './settingsChecks.js';

const spec = (given: Partial<z.input<typeof createRunSchema>> = {}): CreateRun =>
  createRunSchema.parse({
    model: `mdl_${'0'.repeat(32)}`,
    dataset: `ds_${'0'.repeat(32)}`,
    inputs: [{ all: true }],
    target: { column: 'y', task: 'classification' },
    loss: 'sparseCategoricalCrossentropy',
    ...given,
  });
const regression = {
  target: { column: 'y', task: 'regression' as const },
  loss: 'meanSquaredError' as const,
};

describe('what fits', () => {
  test.each([
    ['the defaults', spec()],
    ['metrics of numbers', spec({ ...regression, metrics: ['r2', 'meanAbsoluteError'] })],
    ['factors of each class', spec({ classWeights: [1, 2, 3] })],
    ['balanced classes', spec({ classWeights: 'balanced' })],
    [
      'a metric under its label, of one class',
      spec({
        metrics: [{ name: 'f1', label: 'each', average: 'none' }],
        earlyStopping: { monitor: 'valEach/2', mode: 'max' },
      }),
    ],
    [
      'R2 of one unit',
      spec({
        ...regression,
        metrics: [{ name: 'r2', aggregation: 'none' }],
        earlyStopping: { monitor: 'valR2/0', mode: 'max' },
      }),
    ],
  ])('%s', (_, given) => {
    expect(checkSettings(given, () => 3)).toEqual([]);
  });
});

describe('what does not', () => {
  test.each([
    ['metrics of classes of numbers', spec({ ...regression, metrics: ['r2', 'f1'] }), '/metrics/1', 'f1'],
    [
      'a series that nobody measures',
      spec({ earlyStopping: { monitor: 'valAccuracy' } }),
      '/earlyStopping/monitor',
      'valAccuracy',
    ],
    [
      'the same of the learning rate',
      spec({ reduceOnPlateau: { monitor: 'accuracy' } }),
      '/reduceOnPlateau/monitor',
      'accuracy',
    ],
    [
      'the best by such a series',
      spec({ checkpoints: { keepLast: 1, keepBest: 1, monitor: 'valAuc' } }),
      '/checkpoints/monitor',
      'valAuc',
    ],
    ...(
      [
        ['loss/3', []],
        ['valAccuracy/1', ['accuracy']],
        ['valF1', [{ name: 'f1', average: 'none' }]],
        ['valPrAuc/0', ['prAuc']],
        ['valConfusionMatrix', ['confusionMatrix']],
      ] as const
    ).map(([monitor, metrics]): [string, CreateRun, string, string] => [
      `${monitor}, which is one number for all, a number for each class, or a matrix`,
      spec({ metrics: [...metrics], earlyStopping: { monitor, mode: 'max' } }),
      '/earlyStopping/monitor',
      monitor,
    ]),
    ['factors of fewer classes', spec({ classWeights: [1, 2] }), '/classWeights', '2 factors for 3 classes'],
    ['factors of numbers', spec({ ...regression, classWeights: [1, 2] }), '/classWeights', 'no classes'],
  ])('%s', (_, given, pointer, message) => {
    expect(checkSettings(given, () => 3)).toEqual([
      expect.objectContaining({ pointer, message: expect.stringContaining(message) }),
    ]);
  });
});
