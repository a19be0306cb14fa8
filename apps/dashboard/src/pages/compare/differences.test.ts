import { expect, test } from '@jest/globals';
import { compareSettings } from './differences.js';

test('settings by path, those that differ first; a list of values is one setting', () => {
  const one = {
    name: 'a',
    batchSize: 32,
    optimizer: { name: 'adam', learningRate: 0.1 },
    metrics: ['accuracy'],
  };
  const two = { name: 'b', batchSize: 32, optimizer: { name: 'sgd', momentum: 0.9 }, metrics: ['accuracy'] };
  expect(compareSettings([one, two])).toEqual([
    { path: 'optimizer.name', values: ['"adam"', '"sgd"'], isDifferent: true },
    { path: 'optimizer.learningRate', values: ['0.1', null], isDifferent: true },
    { path: 'optimizer.momentum', values: [null, '0.9'], isDifferent: true },
    { path: 'batchSize', values: ['32', '32'], isDifferent: false },
    { path: 'metrics', values: ['["accuracy"]', '["accuracy"]'], isDifferent: false },
  ]);
});

test('layers of models are compared one by one', () => {
  const spec = (units: number) => ({ model: { definition: [{ type: 'dense', units }] } });
  expect(compareSettings([spec(8), spec(9)]).filter(({ isDifferent }) => isDifferent)).toEqual([
    { path: 'model.definition.0.units', values: ['8', '9'], isDifferent: true },
  ]);
});
