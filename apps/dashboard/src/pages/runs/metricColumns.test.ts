import { expect, test } from '@jest/globals';
import { bestOf, groupsOf, isColumn, labelOf, partsOf } from './metricColumns.js';
import { runRow } from './testing/rows.js';

const measured = { min: 0.1, minStep: 7, max: 0.9, maxStep: 3, last: 0.5 };

test('the last dot of a column separates the series from what of it', () => {
  expect(partsOf('head/top.5.max')).toEqual({ series: 'head/top.5', statistic: 'max' });
  expect(labelOf('loss.min')).toBe('loss, lowest');
  expect(isColumn('loss.mean')).toBe(false);
  expect(isColumn('.min')).toBe(false);
});

test.each([
  [['loss', 'accuracy', 'valLoss', 'valAccuracy'], 'valAccuracy.max', 3],
  [['loss', 'accuracy', 'valLoss'], 'valLoss.min', 7],
  [['loss', 'meanAbsoluteError'], 'meanAbsoluteError.min', 7],
  [['learningRate', 'loss'], 'loss.min', 7],
])('of %j, %s says best how good a run is', (series, column, step) => {
  const summary = Object.fromEntries(series.map((name) => [name, measured]));
  expect(bestOf(runRow({ summary }))).toEqual({ column, step });
});

test('a run that has measured nothing has no best value', () => {
  expect(bestOf(runRow({ summary: { learningRate: measured } }))).toBeNull();
});

test('what a trainer tells of itself comes after what was measured', () => {
  const series = ['accuracy', 'cpuCores', 'learningRate', 'loss', 'lossScale', 'stepMs', 'valLoss'];
  expect(groupsOf(series)).toEqual([
    { title: 'Metrics', series: ['accuracy', 'loss', 'valLoss'] },
    { title: 'Training', series: ['learningRate', 'lossScale'] },
    { title: 'System', series: ['cpuCores', 'stepMs'] },
  ]);
  expect(groupsOf(['loss'])).toEqual([{ title: 'Metrics', series: ['loss'] }]);
});
