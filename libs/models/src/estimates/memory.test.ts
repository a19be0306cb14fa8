// Small graphs by hand. That the numbers are those of TensorFlow is for libs/training/src/fit/memory.test.ts.

import { describe, expect, test } from '@jest/globals';
import { sequential, testGraph, type TestCall } from '../testing/graph.js';
import { estimateMemory, type MemorySettings } from './memory.js';

const settings: MemorySettings = { batchSize: 10, precision: 'float32', slotsPerWeight: 2 };
const [B, F] = [10, 4]; // Samples; bytes of a float32.

describe('two dense layers, 3 → 5 (relu) → 2', () => {
  const graph = sequential([3], ['Dense', { units: 5, activation: 'relu' }], ['Dense', { units: 2 }]);
  const [first, second] = [3 * 5 + 5, 5 * 2 + 2];

  test('in float32', () => {
    const estimate = estimateMemory(graph, settings);
    expect(estimate).toMatchObject({
      weights: F * (first + second),
      slots: 2 * F * (first + second),
      inputs: B * F * 3,
      gradients: F * (first + second),
      // The hidden values, and the gradient of the outputs, which the loss has made of them.
      activations: B * F * (5 + 2),
    });
    // The gradient of relu takes the most: hidden values, their gradients after and before relu, and the gradients of
    // the second layer's weights. Later those of the first layer's come, when one of the three is gone.
    expect(estimate.step).toBe(B * F * (5 + 5 + 5) + F * second);
    expect(estimate.step).toBeGreaterThan(B * F * (5 + 5) + F * (first + second));
    expect(estimate.total).toBe(estimate.weights + estimate.slots + estimate.inputs + estimate.step);
  });

  test('in half precision: activations and a copy of the weights in 2 bytes, outputs and gradients of weights in 4', () => {
    const estimate = estimateMemory(graph, { ...settings, precision: 'bfloat16' });
    expect(estimate.activations).toBe(B * (2 * 5 + F * 2));
    expect(estimate).toMatchObject({ weights: F * (first + second), gradients: F * (first + second) });
    expect(estimate.step).toBeGreaterThan(2 * (first + second) + estimate.activations);
  });

  test('of a frozen layer nothing is kept, and it has neither gradients nor slots', () => {
    const frozen = sequential(
      [3],
      ['Dense', { units: 5, activation: 'relu', trainable: false }],
      ['Dense', { units: 2 }],
    );
    const estimate = estimateMemory(frozen, settings);
    expect(estimate).toMatchObject({
      weights: F * (first + second),
      slots: 2 * F * second,
      gradients: F * second,
      activations: B * F * (5 + 2), // The second layer needs its input.
    });
    // Hidden values, the outputs' gradient, and that of the second layer's weights: none goes further back.
    expect(estimate.step).toBe(B * F * (5 + 2 + 2));
  });
});

describe('what is kept', () => {
  const kept = (calls: readonly TestCall[]): number => {
    const all: TestCall[] = [...calls, { name: 'out', shape: [1], weights: { kernel: [8, 1] } }];
    // Without the gradient of the output, which is there when the backward pass begins.
    return estimateMemory(testGraph({ inputs: { x: [8] }, calls: all }), settings).activations / (B * F) - 1;
  };
  const dense = (name: string, more: Partial<TestCall> = {}): TestCall => ({
    name,
    shape: [8],
    weights: { kernel: [8, 8] },
    ...more,
  });

  test.each<[string, number, TestCall[]]>([
    ['the output of each layer', 16, [dense('a'), dense('b')]],
    ['relu: what it gave', 8, [dense('a', { activation: 'relu' })]],
    ['gelu: what it was given as well', 16, [dense('a', { activation: 'gelu' })]],
    [
      'an activation by itself: what it gave',
      8,
      [dense('a'), { name: 'r', type: 'Activation', activation: 'relu' }],
    ],
    ['Flatten: nothing more', 8, [dense('a'), { name: 'f', type: 'Flatten' }]],
    [
      'dropout: its mask, and its output for the next layer',
      16,
      [dense('a'), { name: 'd', type: 'Dropout', kept: 8 }],
    ],
    [
      'a layer that is not known: inputs, outputs and what it says',
      19,
      [dense('a'), { name: 'n', type: 'New', kept: 3 }],
    ],
    [
      'a sum: its output for the next layer alone',
      8,
      [dense('a'), dense('b', { from: ['x'] }), { name: 's', type: 'Add', from: ['a', 'b'] }],
    ],
  ])('%s', (_, values, calls) => {
    expect(kept(calls)).toBe(values);
  });
});

test('memory grows with the batch, and not the weights', () => {
  const graph = sequential([30], ['Dense', { units: 50, activation: 'tanh' }], ['Dense', { units: 2 }]);
  const at = (batchSize: number) => estimateMemory(graph, { ...settings, batchSize });
  expect(at(20).activations).toBe(2 * at(10).activations);
  expect(at(20).weights).toBe(at(10).weights);
  expect(at(1000).step).toBeGreaterThan(at(999).step);
});

test('segments: their inputs, and one of them computed again', () => {
  const layers = Array.from({ length: 16 }, (_, i): TestCall => ({
    name: `h${i}`,
    shape: [100],
    activation: 'relu',
    weights: { kernel: [1, 1] },
  }));
  const graph = testGraph({ inputs: { x: [100] }, calls: layers });
  const segments = [0, 4, 8].map((from) => ({ from, to: from + 4 }));
  const value = B * F * 100;
  const plain = estimateMemory(graph, settings);
  const cut = estimateMemory(graph, { ...settings, segments });
  expect(plain.activations).toBe((16 + 1) * value); // With the gradient of the output.
  // The outputs of three segments, the four last calls, and the gradient.
  expect(cut.activations).toBe((3 + 4 + 1) * value);
  expect(cut.step).toBeLessThan((3 + 4 + 3) * value);
  expect(cut.gradients).toBe(plain.gradients);
});
