import { expect, test } from '@jest/globals';
import { useEngine } from '../../testing/engine.js';
import { testGolden } from '../../testing/golden.js';
import { planOf } from '../../testing/layer.js';
import { testLayer } from '../../testing/layerTest.js';

const get = useEngine();

for (const name of ['flatten', 'permute', 'repeat_vector', 'reshape', 'rescaling', 'normalization'])
  testGolden(get, name);
testLayer(get, { type: 'Rescaling', config: { scale: [1, 2], offset: [0.5, 0] }, shapes: [[3, 2]] });
testLayer(get, {
  type: 'Normalization',
  config: { mean: 1, variance: 4, axis: null, invert: true },
  shapes: [[3]],
});

test.each([
  ['Reshape', { target_shape: [5, -1] }, [[12]], 'cannot make [5, -1] of the shape [12]'],
  ['Reshape', { target_shape: [-1, -1] }, [[12]], 'more than one -1'],
  ['Permute', { dims: [1, 3] }, [[2, 3]], 'no order of the 2 axes'],
  ['RepeatVector', { n: 2 }, [[2, 3]], 'takes a vector'],
  ['Rescaling', { scale: [1, 2] }, [[3]], 'has 2 numbers, the last axis 3'],
  ['Normalization', {}, [[3]], 'is missing'],
  ['Normalization', { mean: [1, 2], variance: 1 }, [[3]], 'has 2 numbers'],
])('%s %j on %j is refused', (type, config, shapes, message) => {
  expect(() => planOf(type, config, shapes)).toThrow(message);
});
