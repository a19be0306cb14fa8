// Layers that change values in training only: their moments are those of their formulas.

import { expect, test } from '@jest/globals';
import { useEngine } from '../../testing/engine.js';
import { testGolden } from '../../testing/golden.js';
import { planOf, runLayer } from '../../testing/layer.js';
import { testLayer } from '../../testing/layerTest.js';

const get = useEngine();

testGolden(get, 'dropout_inference');
testGolden(get, 'spatial_dropout_inference');
for (const type of ['Dropout', 'GaussianDropout', 'AlphaDropout'])
  testLayer(get, { type, config: { rate: 0.4 }, shapes: [[6]], training: true });
testLayer(get, { type: 'GaussianNoise', config: { stddev: 0.5 }, shapes: [[6]], training: true });
testLayer(get, { type: 'SpatialDropout2D', config: { rate: 0.4 }, shapes: [[2, 2, 3]], training: true });
testLayer(get, {
  type: 'Dropout',
  config: { rate: 0.4, noise_shape: [null, 1, 3] },
  shapes: [[4, 3]],
  training: true,
});

/** A layer's output in training for inputs that are all the same. */
function drawn(
  type: string,
  config: object,
  value: number,
  shape: number[],
  seed: [number, number] = [1, 2],
): number[] {
  const { tf } = get();
  const plan = planOf(type, config, [shape]);
  const x = tf.fill([500, ...shape], value);
  const run = { inputs: [x], weights: [], training: true, seed: tf.tensor1d(seed, 'int32') };
  return [...(runLayer(get(), plan, run).outputs[0]?.dataSync() ?? [])];
}
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: readonly number[]): number => {
  const center = mean(values);
  return mean(values.map((value) => (value - center) ** 2));
};

test.each([
  ['Dropout', { rate: 0.3 }, 1, 0.3 / 0.7], // E[m²] - 1 of m = 1 / 0.7 with probability 0.7.
  ['GaussianDropout', { rate: 0.3 }, 1, 0.3 / 0.7],
  ['GaussianNoise', { stddev: 0.5 }, 1, 0.25],
])('%s keeps the mean and has the variance of its formula', (type, config, value, expected) => {
  const values = drawn(type, config, value, [200]);
  expect(Math.abs(mean(values) - value)).toBeLessThan(0.01);
  expect(Math.abs(variance(values) / expected - 1)).toBeLessThan(0.02);
});

test('AlphaDropout keeps mean 0 and variance 1', () => {
  const { tf } = get();
  const plan = planOf('AlphaDropout', { rate: 0.2 }, [[100_000]]);
  const x = get().random.statelessNormal([1, 100_000], tf.tensor1d([7, 8], 'int32'));
  const { outputs } = runLayer(get(), plan, { inputs: [x], weights: [], training: true });
  const values = [...(outputs[0]?.dataSync() ?? [])];
  expect(Math.abs(mean(values))).toBeLessThan(0.02);
  expect(Math.abs(variance(values) - 1)).toBeLessThan(0.03);
});

test('spatial dropout drops whole channels, the same seed the same ones', () => {
  const values = drawn('SpatialDropout1D', { rate: 0.5 }, 1, [4, 3]);
  for (let sample = 0; sample < 500; sample++) {
    for (let channel = 0; channel < 3; channel++) {
      const steps = [0, 1, 2, 3].map((step) => values[sample * 12 + step * 3 + channel]);
      expect(new Set(steps).size).toBe(1);
    }
  }
  expect(drawn('SpatialDropout1D', { rate: 0.5 }, 1, [4, 3])).toEqual(values);
  expect(drawn('SpatialDropout1D', { rate: 0.5 }, 1, [4, 3], [1, 3])).not.toEqual(values);
});

test('ActivityRegularization adds its penalty of the values', () => {
  const plan = planOf('ActivityRegularization', { l1: 0.1, l2: 0.2 }, [[2]]);
  expect(plan.activityRegularizer).toEqual({ name: 'l1l2', l1: 0.1, l2: 0.2 });
});

test.each([
  ['Dropout', { rate: 1 }, [[4]], '<1'],
  ['Dropout', { rate: 0.5, noise_shape: [null, 2] }, [[4]], 'does not fit'],
  ['SpatialDropout1D', { rate: 0.5 }, [[4]], 'takes 1 axes'],
])('%s %j on %j is refused', (type, config, shapes, message) => {
  expect(() => planOf(type, config, shapes)).toThrow(message);
});
