import { expect, test } from '@jest/globals';
import type { Run } from '@gradstream/sdk';
import { runRow } from '../../runs/testing/rows.js';
import { axesOf } from './runAxes.js';

const run = (id: string, spec: object): Pick<Run, 'id' | 'spec'> => ({ id, spec: spec as Run['spec'] });
const measured = (last: number) => ({ min: last, minStep: 1, max: 1, maxStep: 2, last });

test('an axis for each setting that differs, and for each value of each series', () => {
  const runs = [
    run('run_a', { batchSize: 8, dataset: 'ds_1', optimizer: { name: 'adam', learningRate: 0.1 } }),
    run('run_b', { batchSize: 8, dataset: 'ds_2', optimizer: { name: 'sgd', learningRate: 0.0001 } }),
  ];
  // In another order than the runs, and one without its dataset.
  const rows = [
    runRow({ id: 'run_b', dataset: null, summary: { loss: measured(2), learningRate: measured(1) } }),
    runRow({ id: 'run_a', dataset: { id: 'ds_1', name: 'digits' }, summary: { loss: measured(1) } }),
  ];
  const { settings, metrics, groups, usual, best } = axesOf(runs, rows);
  expect(settings.map(({ id, kind, categories }) => [id, kind, categories])).toEqual([
    ['dataset', 'category', ['digits', 'ds_2']],
    ['optimizer.name', 'category', ['adam', 'sgd']],
    ['optimizer.learningRate', 'log', []],
  ]);
  expect(metrics.map(({ id, values }) => [id, values])).toEqual([
    ['loss.min', [1, 2]],
    ['loss.max', [1, 1]],
    ['loss.last', [1, 2]],
    ['learningRate.min', [null, 1]],
    ['learningRate.max', [null, 1]],
    ['learningRate.last', [null, 1]],
  ]);
  expect(groups.map(({ title, axes }) => [title, axes.length])).toEqual([
    ['Settings that differ', 3],
    ['Metrics', 3],
    ['Training', 3],
  ]);
  expect(best).toBe('loss.min');
  expect(usual).toEqual(['dataset', 'optimizer.name', 'optimizer.learningRate', 'loss.last', 'loss.min']);
});

test('what only some runs have is not among the usual axes, as long as there are others', () => {
  const runs = [
    run('run_a', { epochs: 1, batchSize: 8, optimizer: { name: 'sgd', momentum: 0 } }),
    run('run_b', { epochs: 2, batchSize: 9, optimizer: { name: 'sgd' } }),
  ];
  const { settings, usual } = axesOf(runs, []);
  expect(settings.map(({ id }) => id)).toEqual(['epochs', 'batchSize', 'optimizer.momentum']);
  expect(usual).toEqual(['epochs', 'batchSize']);
});

test('runs that have measured nothing are compared by their settings', () => {
  const runs = [run('run_a', { epochs: 1 }), run('run_b', { epochs: 2 })];
  expect(axesOf(runs, [])).toMatchObject({ metrics: [], usual: ['epochs'], best: null });
});
