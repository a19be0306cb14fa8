import { expect, test } from '@jest/globals';
import { useEngine } from '../../testing/engine.js';
import { testGolden } from '../../testing/golden.js';
import { planOf } from '../../testing/layer.js';
import { testLayer } from '../../testing/layerTest.js';

const get = useEngine();

for (const name of ['add', 'subtract', 'multiply', 'average', 'maximum', 'minimum', 'concatenate', 'dot'])
  testGolden(get, name);
// Masks, lengths of 1 and missing axes, other axes.
testGolden(get, 'further_merging');

// Longer than what a captured step may hold as a constant.
testLayer(get, { type: 'Minimum', shapes: [[70], [1], [70]], withoutGradients: true });
testLayer(get, {
  type: 'Concatenate',
  config: { axis: 2 },
  shapes: [
    [2, 3, 2],
    [2, 1, 2],
  ],
});
testLayer(get, {
  type: 'Dot',
  config: { axes: [2, 3], normalize: true },
  shapes: [
    [2, 3, 2],
    [2, 4, 3],
  ],
});

test.each([
  [
    'Add',
    {},
    [
      [2, 3],
      [4, 3],
    ],
    'cannot merge inputs of the shapes [2, 3] and [4, 3]',
  ],
  ['Subtract', {}, [[2], [2], [2]], 'takes 2 inputs'],
  [
    'Concatenate',
    {},
    [
      [2, 3],
      [4, 3],
    ],
    'cannot join inputs',
  ],
  ['Concatenate', { axis: 0 }, [[2], [2]], 'axis 0 is the batch'],
  [
    'Concatenate',
    { axis: 3 },
    [
      [2, 3],
      [2, 3],
    ],
    'not among the 2 axes',
  ],
  [
    'Dot',
    { axes: 1 },
    [
      [2, 3],
      [4, 3],
    ],
    'axes of 2 and 4 values',
  ],
  ['Dot', { axes: [1, 1, 1] }, [[2], [2]], 'a list of two'],
])('%s refuses %j on %j', (type, config, shapes, message) => {
  expect(() => planOf(type, config, shapes)).toThrow(message);
});
