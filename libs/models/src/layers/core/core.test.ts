import { expect, test } from '@jest/globals';
import { useEngine } from '../../testing/engine.js';
import { testGolden } from '../../testing/golden.js';
import { planOf } from '../../testing/layer.js';
import { testLayer } from '../../testing/layerTest.js';

const get = useEngine();

for (const name of ['dense', 'einsum_dense', 'embedding', 'identity']) testGolden(get, name);
// Equations of other forms, masks.
testGolden(get, 'further_core');

testLayer(get, { type: 'Dense', config: { units: 4, activation: 'gelu' }, shapes: [[5]] });
testLayer(get, { type: 'Dense', config: { units: 4, activation: 'glu', use_bias: false }, shapes: [[2, 5]] });
testLayer(get, { type: 'Embedding', config: { input_dim: 9, output_dim: 3 }, shapes: [[5]], below: 9 });
testLayer(get, {
  type: 'EinsumDense',
  config: { equation: 'abcd,cbe->aed', output_shape: [3, null], bias_axes: 'd', activation: 'softmax' },
  shapes: [[2, 4, 3]],
});

test.each([
  ['ab,bc', 3, 'is no equation'],
  ['ab,bc->ac', 3, 'names 2 axes, the input has 3'],
  ['...ab,bc->ac', 3, 'is no equation'],
  ['abb,bc->abc', [null, 3], 'a label twice'],
  ['abc,cd->bad', [null, 3], 'does not keep the batch'],
  ['abc,cd->abd', 3, 'output_shape has 1 lengths'],
  ['abc,cd->abd', [5, 3], 'output_shape says 5'],
  ['abc,cd->abd', [null, null], 'how long "d" is'],
  ['abc,cd->abe', [null, 3], '"e" that nothing gives'],
  ['...c,cd->d...', 3, 'is no equation'],
  ['abc,cx->ab', [null], '"x" is in no other tensor'],
])('EinsumDense refuses %s to %j on [2, 4]', (equation, output_shape, message) => {
  expect(() => planOf('EinsumDense', { equation, output_shape }, [[2, 4]])).toThrow(message);
});
