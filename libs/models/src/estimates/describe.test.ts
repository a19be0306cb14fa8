import { expect, test } from '@jest/globals';
import { sequential, testGraph } from '../testing/graph.js';
import { describeModel } from './describe.js';

test('a CNN, by the formulas of its layers', () => {
  const { inputs, outputs, parameters, frozenLayers, flops, layers } = describeModel(
    sequential(
      [28, 28, 1],
      ['Conv2D', { name: 'conv', filters: 8, kernel_size: 3, activation: 'relu', trainable: false }],
      ['MaxPooling2D', { name: 'pool', pool_size: 2 }],
      ['Flatten', { name: 'flat' }],
      ['Dense', { name: 'out', units: 10, activation: 'softmax' }],
    ),
  );
  expect(inputs.map(({ shape, type }) => ({ shape, type }))).toEqual([
    { shape: [28, 28, 1], type: 'float32' },
  ]);
  expect(outputs).toEqual([{ name: 'out', shape: [10], activation: 'softmax' }]);
  const conv = 3 * 3 * 1 * 8 + 8;
  const out = 13 * 13 * 8 * 10 + 10;
  expect(parameters).toEqual({ total: conv + out, trainable: out, frozen: conv });
  expect(frozenLayers).toEqual(['conv']);
  // A multiply-add is two: 26 · 26 positions, 8 filters, 9 taps and a bias.
  const convFlops = 26 * 26 * 8 * (2 * 9 + 1);
  const outFlops = 2 * 1352 * 10 + 10;
  const byName = new Map(layers.map((layer) => [layer.name, layer.flops]));
  expect([byName.get('conv'), byName.get('out')]).toEqual([convFlops, outFlops]);
  const sum = layers.reduce((total, layer) => total + layer.flops, 0);
  expect(flops).toEqual({ forward: sum, training: 3 * sum });
  expect(sum).toBeGreaterThanOrEqual(convFlops + outFlops);
});

test('a shared layer has its parameters once and its operations at each call', () => {
  const { layers, parameters, outputs } = describeModel(
    testGraph({
      inputs: { left: [4], right: [4] },
      calls: [
        {
          name: 'tower',
          from: ['left'],
          shape: [3],
          activation: 'relu',
          weights: { kernel: [4, 3] },
          statistics: { mean: [3] },
          flops: 24,
        },
        {
          name: 'tower',
          from: ['right'],
          shape: [3],
          activation: 'relu',
          weights: { kernel: [4, 3] },
          statistics: { mean: [3] },
          flops: 24,
        },
      ],
      outputs: ['tower', 'tower:1'],
    }),
  );
  expect(layers).toEqual([
    {
      name: 'tower',
      type: 'Dense',
      outputShape: [3],
      calls: 2,
      parameters: { total: 15, trainable: 12, frozen: 3 },
      flops: 48,
    },
  ]);
  expect(parameters).toEqual({ total: 15, trainable: 12, frozen: 3 });
  expect(outputs.map(({ activation }) => activation)).toEqual(['relu', 'relu']);
});
