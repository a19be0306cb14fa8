// What preflight says of runs with several outputs: names, targets, losses, metrics, splits.

import { describe, expect, test } from '@jest/globals';
import { createRunSchema, datasetSchema, type ProblemItem } from '@gradstream/contracts';
import { parseModel } from '@gradstream/models';
import { preflight } from './preflight.js';

const figures = { missing: 0, distinct: 20, min: 0, max: 9, mean: 1, std: 1 };
const column = (name: string, type: string, more: object = {}) => ({ name, type, ...figures, ...more });
const dataset = datasetSchema.parse({
  ...{ id: `ds_${'0'.repeat(32)}`, name: 'd', state: 'ready', format: 'csv', bytes: 1, sha256: '' },
  ...{ rowCount: 100, problems: [], upload: null },
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  columns: [
    column('x', 'numeric'),
    column('kind', 'categorical', { distinct: 3 }),
    column('price', 'numeric'),
    column('gaps', 'numeric', { missing: 2 }),
  ],
});

/** Heads of one body, by name: units and activation. */
function graphOf(heads: Record<string, readonly [number, string]>) {
  const layers = Object.entries(heads).map(
    ([name, [units, activation]]) => [name, { type: 'dense', units, activation, inputs: 'in' }] as const,
  );
  const parsed = parseModel({
    inputs: [{ name: 'in', shape: [1] }],
    layers: Object.fromEntries(layers),
    outputs: Object.keys(heads),
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return { graph: parsed.graph, id: null };
}
const both = graphOf({ kind: [3, 'softmax'], price: [1, 'linear'] });
const one = graphOf({ price: [1, 'linear'] });

const kind = { column: 'kind', task: 'classification' };
const price = { column: 'price', task: 'regression' };
const kindLoss = { loss: 'sparseCategoricalCrossentropy' };
const priceLoss = { loss: 'meanSquaredError', weight: 0.5 };
const targets = (more: object = {}) => ({ outputs: { price, kind, ...more } });
const losses = (more: object = {}) => ({ outputs: { kind: kindLoss, price: priceLoss, ...more } });

const specOf = (changes: object) =>
  createRunSchema.parse({
    dataset: dataset.id,
    model: [],
    inputs: [{ columns: ['x'] }],
    target: targets(),
    loss: losses(),
    ...changes,
  });
const placesOf = (items: readonly ProblemItem[]): string[] =>
  items.map(({ pointer, code }) => `${pointer ?? ''} ${code}`);
const said = (changes: object, model = both): string[] =>
  placesOf(preflight(specOf(changes), model, dataset, null).problems);

test('a run that fits has its targets in the order of the model', () => {
  const metrics = { outputs: { kind: ['accuracy'], price: ['r2'] } };
  const earlyStopping = { monitor: 'valKind_accuracy' };
  const found = preflight(specOf({ metrics, earlyStopping }), both, dataset, null);
  expect([found.problems, found.warnings]).toEqual([[], []]);
  expect(found.outputTargets).toEqual([
    { output: 'kind', columns: ['kind'], classCount: 3, type: 'categorical' },
    { output: 'price', columns: ['price'], classCount: null, type: 'numeric' },
  ]);
  expect(found.targetColumns).toEqual(['price', 'kind']);
  expect(found.classCount).toBeNull();
});

test('the only output may have its settings by name, and one target has none by name', () => {
  const only = { target: { outputs: { price } }, loss: { outputs: { price: priceLoss } } };
  const monitored = { metrics: { outputs: { price: ['r2'] } }, earlyStopping: { monitor: 'valR2' } };
  expect(said({ ...only, ...monitored }, one)).toEqual([]);
  const plain = preflight(specOf({ target: price, loss: 'mse' }), one, dataset, null);
  expect([plain.problems, plain.outputTargets]).toEqual([[], undefined]);
});

describe('what does not fit has its place', () => {
  test.each<[string, object, string[]]>([
    ['one target', { target: price, loss: 'mse' }, ['/target severalOutputs']],
    ['one loss', { loss: 'mse' }, ['/loss unfitOutput']],
    ['an output without a target', { target: { outputs: { kind } } }, ['/target/outputs missingTarget']],
    [
      'no target',
      { target: { outputs: {} } },
      ['/target/outputs missingTarget', '/target/outputs missingTarget'],
    ],
    [
      'a target without an output',
      { target: targets({ 'a/b': price }) },
      ['/target/outputs/a~1b unknownOutput'],
    ],
    ['a target without a loss', { loss: { outputs: { kind: kindLoss } } }, ['/loss/outputs missingLoss']],
    ['a loss without an output', { loss: losses({ cost: priceLoss }) }, ['/loss/outputs/cost unknownOutput']],
    ['metrics of no output', { metrics: ['accuracy'] }, ['/metrics unfitOutput']],
    [
      'metrics of an output that is not there',
      { metrics: { outputs: { cost: ['r2'] } } },
      ['/metrics/outputs/cost unknownOutput'],
    ],
    [
      'metrics of classes of numbers',
      { metrics: { outputs: { price: ['r2', 'f1'] } } },
      ['/metrics/outputs/price/1 metricTask'],
    ],
    [
      'a loss for another task',
      { loss: losses({ price: { loss: 'categoricalCrossentropy' } }) },
      ['/loss/outputs/price/loss lossTask'],
    ],
    [
      'a column that is not there',
      { target: targets({ price: { ...price, column: 'cost' } }) },
      ['/target/outputs/price/column unknownColumn'],
    ],
    [
      'missing values',
      { target: targets({ price: { columns: ['gaps'], task: 'regression' } }) },
      ['/target/outputs/price/columns missingValues'],
    ],
    [
      'too many classes for its units',
      { target: targets({ kind: { ...kind, column: 'price' } }) },
      ['/model outputUnits'],
    ],
    ['class weights of no output', { classWeights: 'balanced' }, ['/classWeights classWeights']],
    [
      'class weights of fewer classes',
      { loss: losses({ kind: { ...kindLoss, classWeights: [1, 2] } }) },
      ['/loss/outputs/kind/classWeights classWeights'],
    ],
    [
      'class weights of numbers',
      { loss: losses({ price: { ...priceLoss, classWeights: 'balanced' } }) },
      ['/loss/outputs/price/classWeights classWeights'],
    ],
    [
      'one of the targets as input',
      { inputs: [{ columns: ['kind'] }] },
      ['/inputs/0/columns targetAmongInputs'],
    ],
    [
      'a series of no output',
      { earlyStopping: { monitor: 'valAccuracy' } },
      ['/earlyStopping/monitor unknownSeries'],
    ],
    ['strata of no target', { split: { by: 'stratified' } }, ['/split/column severalTargets']],
    ['strata of one target', { split: { by: 'stratified', column: 'kind' } }, []],
  ])('%s', (_, changes, places) => {
    expect(said(changes)).toEqual(places);
  });

  test('not the strata of the one column that all outputs learn', () => {
    const model = graphOf({ kind: [3, 'softmax'], price: [3, 'softmax'] });
    const same = { target: targets({ price: kind }), loss: losses({ price: kindLoss }) };
    expect(said({ ...same, split: { by: 'stratified' } }, model)).toEqual([]);
  });

  test('settings by output beside one target', () => {
    const metrics = { outputs: { price: ['r2'] } };
    expect(said({ target: price, metrics }, one)).toEqual(['/loss unfitOutput', '/metrics unfitOutput']);
  });

  test('names whose series would be the same', () => {
    const model = graphOf({ x: [1, 'linear'], valX: [1, 'linear'] });
    const settings = {
      target: { outputs: { x: price, valX: price } },
      loss: { outputs: { x: priceLoss, valX: priceLoss } },
    };
    expect(said(settings, model)).toEqual(['/metrics sameSeries']);
  });

  test('without a model the targets say which outputs there are', () => {
    const { problems } = preflight(specOf({ loss: losses({ cost: priceLoss }) }), null, dataset, null);
    expect(placesOf(problems)).toEqual(['/loss/outputs/cost missingTarget']);
  });
});

test('all numeric columns are those that no output learns', () => {
  const { inputColumns } = preflight(
    specOf({ inputs: [{ all: true, missing: 'mean' }] }),
    null,
    dataset,
    null,
  );
  expect(inputColumns).toEqual(['x', 'gaps']);
});
