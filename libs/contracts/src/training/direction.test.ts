// Expected directions are written by hand, as Keras 3's metrics say them of themselves (`_direction`).

import { expect, test } from '@jest/globals';
import { validationName } from './callbacks.js';
import { directionOf } from './direction.js';
import type { MetricSettings } from './metrics.js';

type Name = MetricSettings['name'];
const more: readonly Name[] = [
  ...(['accuracy', 'binaryAccuracy', 'categoricalAccuracy', 'sparseCategoricalAccuracy'] as const),
  ...(['topKCategoricalAccuracy', 'sparseTopKCategoricalAccuracy', 'precision', 'recall', 'f1'] as const),
  ...(['rocAuc', 'prAuc', 'r2', 'cosineSimilarity'] as const),
];
const less: readonly Exclude<Name, 'confusionMatrix'>[] = [
  ...(['meanAbsoluteError', 'meanSquaredError', 'rootMeanSquaredError'] as const),
  ...(['meanAbsolutePercentageError', 'meanSquaredLogarithmicError', 'perplexity'] as const),
  ...(['binaryCrossentropy', 'categoricalCrossentropy', 'sparseCategoricalCrossentropy'] as const),
  ...(['klDivergence', 'poisson', 'logCosh', 'hinge', 'squaredHinge', 'categoricalHinge'] as const),
];

/** The series of a metric: of one output, of outputs whose names are metrics' and others, of validation, of a class. */
const seriesOf = (metric: string): string[] => {
  const training = ['', 'precision_', 'loss_', 'sensor2_', 'previous_', 'auction_', 'error_rate_'].map(
    (output) => output + metric,
  );
  const all = [...training, ...training.map(validationName)];
  return [...all, ...all.map((name) => `${name}/3`)];
};

test.each(more)('more of %s is better', (metric) => {
  expect(seriesOf(metric).filter((name) => directionOf(name) !== 'max')).toEqual([]);
});

test.each([...less, 'loss'])('less of %s is better', (metric) => {
  expect(seriesOf(metric).filter((name) => directionOf(name) !== 'min')).toEqual([]);
});

test.each([
  ['valMae', 'min'],
  ['sensor2_mse', 'min'],
  ['valRecallOfDogs', 'max'],
  ['valAUC', 'max'],
  ['meanIoU', 'max'],
  ['valSensor2_offBy', null],
  ['valPrevious_count', null],
  ['valAuction', null],
  ['precisionLoss', null],
  ['accuracyError', null],
  ['confusionMatrix', null],
  ['gradientNorm', null],
])('of the label in %s: %p', (series, direction) => {
  expect(directionOf(series)).toBe(direction);
});
