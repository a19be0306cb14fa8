import { describe, expect, test } from '@jest/globals';
import type { Activation } from '../activations/index.js';
import { sequential, testGraph, type TestCall } from '../testing/graph.js';
import { checkStructure } from './structure.js';
import { LEAST_SHARE, SLOPES } from './vanishing.js';

/** `<severity> <pointer> <code>` of each finding. */
const found = (...args: Parameters<typeof checkStructure>): string[] =>
  checkStructure(...args).map(({ severity, pointer, code }) => `${severity} ${pointer} ${code}`);

const dense = (name: string, more: Partial<TestCall> = {}): TestCall => ({
  name,
  shape: [4],
  weights: { kernel: [4, 4] },
  ...more,
});
const x = { x: [4] };

describe('what training can change', () => {
  test('a plain model has no findings', () => {
    expect(
      found(sequential([4], ['Dense', { units: 8, activation: 'relu' }], ['Dense', { units: 1 }])),
    ).toEqual([]);
  });

  test('everything frozen', () => {
    const graph = sequential([4], ['Dense', { units: 2, trainable: false }]);
    const [finding] = checkStructure(graph);
    expect(finding).toMatchObject({ severity: 'error', pointer: '/config', code: 'everythingFrozen' });
    expect(finding?.message).toContain('10'); // (4 + 1) · 2
  });

  test('a frozen layer after trainable ones lets gradients through', () => {
    expect(found(testGraph({ inputs: x, calls: [dense('a'), dense('b', { trainable: false })] }))).toEqual(
      [],
    );
  });

  test('layers before one that takes whole numbers get no gradient', () => {
    const cut = { name: 'cut', type: 'Embedding', weights: { embeddings: [9, 4] }, trainable: false };
    const calls = [dense('a'), { ...cut, shape: [4, 4] }, dense('b', { shape: [4, 4] })];
    const known = ['warning /config/layers/0 noGradient', 'warning /config/layers/1 embeddingInput'];
    expect(found(testGraph({ inputs: x, calls }))).toEqual(known);
    const path = found(testGraph({ inputs: x, calls: calls.slice(0, 2) }));
    expect(path).toEqual(['error /config noGradientPath', ...known]);
  });

  test('a connection around the cut is enough', () => {
    const calls = [
      dense('a'),
      { name: 'cut', type: 'Embedding', shape: [4], trainable: false },
      { name: 'sum', type: 'Add', from: ['a', 'cut'] },
    ];
    expect(found(testGraph({ inputs: x, calls }))).toEqual(['warning /config/layers/1 embeddingInput']);
  });

  test('dead ends', () => {
    const calls = [dense('a'), dense('dead', { from: ['a'] }), dense('b', { from: ['a'] })];
    expect(found(testGraph({ inputs: x, calls }))).toEqual(['warning /config/layers/1 deadEnd']);
    // A layer that is called twice is no dead end while one of its values is used.
    const twice = [dense('a'), dense('a', { from: ['x'] })];
    expect(found(testGraph({ inputs: x, calls: twice, outputs: ['a'] }))).toEqual([]);
  });
});

describe('vanishing gradients', () => {
  const stack = (count: number, activation: Activation, between: readonly TestCall[] = []) =>
    testGraph({
      inputs: x,
      calls: [
        ...Array.from({ length: count }, (_, i) => [
          dense(`h${i}`, { activation }),
          ...between.map((call) => ({ ...call, name: `${call.name}${i}` })),
        ]).flat(),
        dense('out', { activation: 'softmax' }),
      ],
    });
  const codes = (graph: ReturnType<typeof stack>) => checkStructure(graph).map(({ code }) => code);

  test('the slopes', () => {
    const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
    expect(SLOPES.sigmoid).toBeCloseTo((sigmoid(1e-4) - sigmoid(-1e-4)) / 2e-4, 6);
    // The mean of 1 − tanh² over a standard normal, by the trapezoidal rule.
    const h = 0.001;
    let mean = 0;
    for (let z = -10; z <= 10; z += h)
      mean += (h * (1 - Math.tanh(z) ** 2) * Math.exp(-(z * z) / 2)) / Math.sqrt(2 * Math.PI);
    expect(SLOPES.tanh).toBeCloseTo(mean, 4);
  });

  test.each<[Activation, number]>([
    ['sigmoid', 4], // (1/4)⁴ = 0.0039
    ['hard_sigmoid', 3], // (1/6)³ = 0.0046
    ['tanh', 10], // 0.6057¹⁰ = 0.0066
  ])('%s from %i layers on', (activation, depth) => {
    expect((SLOPES[activation] ?? 1) ** (depth - 1)).toBeGreaterThan(LEAST_SHARE);
    expect(codes(stack(depth - 1, activation))).toEqual([]);
    expect(codes(stack(depth, activation))).toEqual(['vanishingGradients']);
  });

  test('the finding counts the layers and what is left', () => {
    const [finding] = checkStructure(stack(6, 'sigmoid'));
    expect(finding).toMatchObject({ severity: 'warning', pointer: '/config/layers/0' });
    expect(finding?.message).toContain('6 layers from "h0" to "h5"');
    expect(finding?.why).toContain('1/4,096'); // 4⁶
  });

  test('not with normalization, other activations, or connections around layers', () => {
    expect(codes(stack(12, 'sigmoid', [{ name: 'n', type: 'LayerNormalization' }]))).toEqual([]);
    expect(codes(stack(50, 'relu'))).toEqual([]);
    const residual = Array.from({ length: 12 }, (_, i) => [
      dense(`h${i}`, { activation: 'sigmoid', from: [i === 0 ? 'x' : `sum${i - 1}`] }),
      { name: `sum${i}`, type: 'Add', from: [i === 0 ? 'x' : `sum${i - 1}`, `h${i}`] },
    ]).flat();
    expect(codes(testGraph({ inputs: x, calls: [...residual, dense('out')] }))).toEqual([]);
  });
});

describe('single layers', () => {
  test('dropout after the last weights, not before', () => {
    const after = sequential(
      [4],
      ['Dense', { units: 2 }],
      ['Dropout', { rate: 0.5 }],
      ['Activation', { activation: 'softmax' }],
    );
    const before = sequential(
      [4],
      ['Dropout', { rate: 0.5 }],
      ['Dense', { units: 2, activation: 'softmax' }],
    );
    const none = sequential([4], ['Dense', { units: 2 }], ['Dropout', { rate: 0 }]);
    expect(found(after)).toEqual(['warning /config/layers/2 dropoutAtOutput']);
    expect(found(before)).toEqual([]);
    expect(found(none)).toEqual([]);
  });

  test('batch normalization of one sample', () => {
    const norm = (shape: readonly number[]) => sequential(shape, ['BatchNormalization', {}]);
    expect(found(norm([4]), 1)).toEqual(['error /config/layers/1 normalizationOfOne']);
    expect(found(norm([8, 8, 4]), 1)).toEqual(['warning /config/layers/1 normalizationOfOne']);
    const dense = sequential([4], ['BatchNormalization', { trainable: false }], ['Dense', { units: 1 }]);
    expect(found(dense, 1)).toEqual([]);
    expect(found(norm([4]), 2)).toEqual([]);
    expect(found(norm([4]))).toEqual([]);
  });

  test('an embedding takes integers', () => {
    const embedding = (type: 'float32' | 'int32', ahead: TestCall[] = []) =>
      testGraph({
        inputs: { x: { shape: [4], type } },
        calls: [...ahead, { name: 'e', type: 'Embedding', shape: [4, 8], weights: { embeddings: [10, 8] } }],
      });
    expect(found(embedding('int32'))).toEqual([]);
    expect(found(embedding('int32', [{ name: 'flat', type: 'Flatten' }]))).toEqual([]);
    expect(found(embedding('float32'))).toEqual(['warning /config/layers/0 embeddingInput']);
    expect(found(embedding('float32', [dense('a')]))).toEqual([
      'warning /config/layers/0 noGradient',
      'warning /config/layers/1 embeddingInput',
    ]);
  });

  test('a large dense layer after Flatten is named with its size', () => {
    // 56 · 56 · 64 = 200,704 inputs; 200,704 · 32 = 6,422,528 values of the kernel; pooled: 64 · 32 = 2,048.
    const large = sequential(
      [56, 56, 64],
      ['Flatten', {}],
      ['Dense', { units: 32, activation: 'relu' }],
      ['Dense', { units: 2 }],
    );
    const [finding] = checkStructure(large);
    expect(finding).toMatchObject({ severity: 'warning', pointer: '/config/layers/2', code: 'largeDense' });
    expect(finding?.message).toContain("6,422,528 of the model's 6,422,626 parameters"); // + 32 + 32 · 2 + 2
    expect(finding?.why).toContain('25 MiB'); // 4 · 6,422,528 / 2²⁰ = 24.5
    expect(finding?.hint).toContain('2,048');
    const small = sequential([8, 8, 4], ['Flatten', {}], ['Dense', { units: 32 }]);
    expect(found(small)).toEqual([]);
    const wide = sequential([200_704], ['Dense', { units: 32 }]);
    expect(found(wide)).toEqual([]);
  });
});

test('a graph of 5,000 calls is checked within the limits of a request', () => {
  const calls = Array.from({ length: 5000 }, (_, i) => dense(`h${i}`, { activation: 'tanh' }));
  expect(checkStructure(testGraph({ inputs: x, calls })).map(({ code }) => code)).toEqual([
    'vanishingGradients',
  ]);
});
