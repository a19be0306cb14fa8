import { expect, test } from '@jest/globals';
import { useEngine } from '../../testing/engine.js';
import { testGolden } from '../../testing/golden.js';
import { planOf, runLayer } from '../../testing/layer.js';
import { testLayer } from '../../testing/layerTest.js';

const get = useEngine();

for (const name of ['batch', 'layer', 'group', 'rms', 'unit']) testGolden(get, `${name}_normalization`);
// Masks, other axes, several of them.
testGolden(get, 'further_normalization');

testLayer(get, { type: 'BatchNormalization', config: { axis: 2 }, shapes: [[3, 4, 2]], training: true });
testLayer(get, { type: 'LayerNormalization', config: { axis: [1, 3], scale: false }, shapes: [[2, 3, 4]] });
// Longer than what a captured step may hold as a constant.
testLayer(get, { type: 'LayerNormalization', config: { center: false, scale: false }, shapes: [[70]] });
testLayer(get, {
  type: 'GroupNormalization',
  config: { groups: 2, axis: 1, center: false },
  shapes: [[4, 3]],
});
testLayer(get, { type: 'RMSNormalization', config: { axis: 1 }, shapes: [[3, 4]] });
testLayer(get, { type: 'UnitNormalization', shapes: [[3, 4]] });

test('a frozen BatchNormalization uses its moving statistics in training, and leaves them as they are', () => {
  const { tf } = get();
  const plan = planOf('BatchNormalization', { epsilon: 0 }, [[2]]);
  const inputs = [
    tf.tensor2d([
      [1, 2],
      [3, 4],
    ]),
  ];
  // gamma, beta, moving mean, moving variance.
  const weights = [
    [2, 1],
    [1, 0],
    [1, 2],
    [4, 0.25],
  ].map((values) => tf.tensor1d(values));
  const { outputs, updates } = runLayer(get(), plan, { inputs, weights, training: true, trainable: false });
  expect(outputs[0]?.arraySync()).toEqual([
    [1, 0],
    [3, 4],
  ]);
  expect(updates.size).toBe(0);
});

test('zeros stay zeros under UnitNormalization', () => {
  const plan = planOf('UnitNormalization', {}, [[3]]);
  const { outputs } = runLayer(get(), plan, { inputs: [get().tf.zeros([1, 3])], weights: [] });
  expect(outputs[0]?.arraySync()).toEqual([[0, 0, 0]]);
});

test('BatchNormalization takes no mask of another rank', () => {
  const { tf } = get();
  const plan = planOf('BatchNormalization', { scale: false, center: false }, [[2, 2, 1]]);
  const weights = [tf.zeros([1]), tf.ones([1])];
  const masks = [tf.ones([3, 2]).cast('bool')];
  const run = () =>
    runLayer(get(), plan, { inputs: [tf.ones([3, 2, 2, 1])], weights, masks, training: true });
  expect(run).toThrow('takes a mask of 3 axes');
});

test.each([
  ['BatchNormalization', { synchronized: true }, [[2]], 'several devices'],
  ['BatchNormalization', { renorm: true }, [[2]], 'renormalization'],
  ['BatchNormalization', { axis: 0 }, [[2]], 'is the batch'],
  ['LayerNormalization', { rms_scaling: true }, [[2]], 'RMSNormalization'],
  ['LayerNormalization', { axis: [1, -1] }, [[2, 3]], 'mixed'],
  ['LayerNormalization', { axis: [1, 1] }, [[2, 3]], 'twice'],
  ['GroupNormalization', {}, [[8]], '8 channels do not make 32 equal groups'],
  ['RMSNormalization', { axis: 2 }, [[8]], 'not among the 1 axes'],
])('%s refuses %j on %j', (type, config, shapes, message) => {
  expect(() => planOf(type, config, shapes)).toThrow(message);
});
