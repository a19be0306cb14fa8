import { expect, test } from '@jest/globals';
import { planCharts } from './chartPlan.js';

test('train beside validation, before beside after clipping, the system apart, loss first', () => {
  const { metrics, system } = planCharts([
    ...['accuracy', 'clippedGradientNorm', 'cpuCores', 'gatherMs', 'gradientNorm', 'learningRate', 'loss'],
    ...[
      'memoryBytes',
      'outsideMs',
      'samplesPerSecond',
      'stepMs',
      'top5Accuracy',
      'valAccuracy',
      'valLoss',
      'waitMs',
    ],
  ]);
  expect(metrics.map(({ title }) => title)).toEqual([
    ...['Loss', 'Accuracy', 'Top5Accuracy', 'Learning rate', 'Gradient norm'],
  ]);
  expect(metrics[0]?.series).toEqual([
    { name: 'loss', label: 'train' },
    { name: 'valLoss', label: 'validation' },
  ]);
  expect(metrics.at(-1)?.series.map(({ name }) => name)).toEqual(['gradientNorm', 'clippedGradientNorm']);
  expect(system.map(({ id }) => id)).toEqual(['samplesPerSecond', 'stepMs', 'cpuCores', 'memoryBytes']);
  expect(system[1]?.series).toHaveLength(4);
});

test('a validation without its training series has a chart of its own', () => {
  const { metrics } = planCharts(['valLoss']);
  expect(metrics).toEqual([
    { id: 'valLoss', title: 'Val Loss', series: [{ name: 'valLoss', label: 'Val Loss' }] },
  ]);
});
