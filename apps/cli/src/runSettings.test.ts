import { expect, test } from '@jest/globals';
import { chosenSettings } from './runSettings.js';
import { storedSpec } from './testing/specs.js';

const needed = {
  'inputs[0].columns': ['a', 'b'],
  'target.column': 'y',
  'target.task': 'classification',
  'loss.name': 'sparseCategoricalCrossentropy',
};
const chosen = (settings: object): object => Object.fromEntries(chosenSettings(storedSpec(settings)));

test('of a run with defaults only what has none was chosen', () => {
  expect(chosen({})).toEqual(needed);
  // The same as the defaults, in full.
  expect(chosen({ batchSize: 32, optimizer: { name: 'adam', learningRate: 0.001 } })).toEqual(needed);
});

test('what differs is named by its place', () => {
  expect(
    chosen({
      name: 'mine',
      inputs: [{ columns: ['a', 'b'], scale: 'minmax' }],
      metrics: ['accuracy'],
      batchSize: 64,
      optimizer: { name: 'adam', learningRate: 0.1 },
      checkpoints: { keepLast: 3 },
    }),
  ).toMatchObject({
    'inputs[0].scale': 'minmax',
    batchSize: 64,
    'optimizer.learningRate': 0.1,
    'checkpoints.keepLast': 3,
  });
  expect(Object.keys(chosen({ epochs: 3 }))).toEqual([...Object.keys(needed), 'epochs']);
});
