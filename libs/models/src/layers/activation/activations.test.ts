// Activations against Keras, and what holds of every layer with one.

import { describe, expect, test } from '@jest/globals';
import { activations, activate } from '../../activations/index.js';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { useEngine } from '../../testing/engine.js';
import { testGolden } from '../../testing/golden.js';
import { planOf } from '../../testing/layer.js';
import { testLayer } from '../../testing/layerTest.js';

const get = useEngine();
const files = readdirSync(path.join(import.meta.dirname, '../../testing/golden/layers'));
const golden = files
  .filter((file) => file.startsWith('activation_'))
  .map((file) => path.basename(file, '.json'));

for (const name of ['relu', 'leaky_relu', 'elu', 'prelu', 'softmax']) testGolden(get, name);
testLayer(get, { type: 'ReLU', config: { max_value: 6 }, shapes: [[5]] });
testLayer(get, { type: 'LeakyReLU', config: { alpha: 0.1 }, shapes: [[5]] });

test.each([
  ['Softmax', { axis: 0 }, [[3]], 'axis 0 is the batch'],
  ['Softmax', { axis: 2 }, [[3]], 'not among the 1 axes'],
  ['PReLU', { shared_axes: [3] }, [[2, 2]], 'axis 3 is not among'],
])('%s %j on %j is refused', (type, config, shapes, message) => {
  expect(() => planOf(type, config, shapes)).toThrow(message);
});

describe('activations', () => {
  for (const name of golden) {
    // Keras has no name for it: the file's is a function of Python.
    const calls = name === 'activation_gelu_tanh' ? [{ config: { activation: 'gelu_tanh' } }] : [];
    testGolden(get, name, calls);
  }

  test('glu is the first half times the sigmoid of the second', () => {
    const { tf } = get();
    const values = Array.from(activate(get(), 'glu', tf.tensor2d([[1, 2, 0, 3]])).dataSync());
    expect(values[0]).toBeCloseTo(0.5, 6);
    expect(values[1]).toBeCloseTo(2 / (1 + Math.exp(-3)), 6);
  });

  test('every activation is tested', () => {
    const tested = golden.map((name) => name.replace('activation_', ''));
    expect(activations.filter((name) => !tested.includes(name))).toEqual(['glu']);
  });
});
