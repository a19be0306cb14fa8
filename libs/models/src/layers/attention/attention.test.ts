import { describe, expect, test } from '@jest/globals';
import { useEngine } from '../../testing/engine.js';
import { testGolden } from '../../testing/golden.js';
import { planOf, runLayer } from '../../testing/layer.js';
import { testLayer } from '../../testing/layerTest.js';

const get = useEngine();
const causal = { options: { use_causal_mask: true } };
const withScores = { options: { return_attention_scores: true } };
const headed = { num_heads: 2, key_dim: 3 };

for (const name of ['attention', 'additive_attention', 'group_query_attention']) testGolden(get, name);
testGolden(get, 'multi_head_attention', [{}, {}, { arguments: [0, 0], ...causal }]);
// Masks, gates, windows, scores and masks as inputs, by position and by name.
testGolden(get, 'further_attention');

const sequences = [
  [3, 4],
  [5, 4],
];
testLayer(get, {
  type: 'MultiHeadAttention',
  config: { ...headed, dropout: 0.3 },
  shapes: sequences,
  training: true,
});
// Longer than what a captured step may hold as a constant.
const long = [
  [70, 2],
  [70, 2],
];
testLayer(get, { type: 'MultiHeadAttention', config: headed, shapes: long, ...causal });
testLayer(get, {
  type: 'GroupQueryAttention',
  config: { head_dim: 2, num_query_heads: 4, num_key_value_heads: 2, dropout: 0.3, use_gate: true },
  shapes: sequences,
  training: true,
  ...withScores,
});
testLayer(get, { type: 'Attention', config: { dropout: 0.3 }, shapes: sequences, training: true });
testLayer(get, { type: 'AdditiveAttention', config: { dropout: 0.3 }, shapes: sequences, training: true });

describe('attention layers', () => {
  test('dropout takes weights away in training: those left are scaled by 1 / (1 - rate)', () => {
    const { tf } = get();
    const plan = planOf('Attention', { dropout: 0.5 }, sequences, withScores);
    const inputs = sequences.map((shape) => tf.ones([2, ...shape]));
    const weights = (training: boolean): number[] =>
      Array.from(runLayer(get(), plan, { inputs, weights: [], training }).outputs[1]?.dataSync() ?? []);
    expect(weights(false).map((value) => value.toFixed(5))).toEqual(Array(30).fill('0.20000'));
    const kept = weights(true).filter((value) => value > 0);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(30);
    for (const value of kept) expect(value).toBeCloseTo(0.4, 5);
  });

  test('a kernel of several heads is initialized as the matrix that it is', () => {
    const plan = planOf('MultiHeadAttention', headed, sequences);
    const axes = plan.weights.map(({ initializer }) =>
      'inputAxes' in initializer ? [initializer.inputAxes, initializer.outputAxes] : null,
    );
    const projection = [[0], [1, 2]];
    const output = [[0, 1], [2]];
    expect(axes).toEqual([projection, null, projection, null, projection, null, output, null]);
  });

  test('operations are counted: 2 · products, 5 a softmax weight', () => {
    const { flops } = planOf('MultiHeadAttention', { ...headed, use_bias: false }, sequences);
    const projections = 2 * (3 * 4 * 6 + 5 * 4 * 6 + 5 * 4 * 6 + 3 * 6 * 4);
    expect(flops).toBe(projections + 2 * 3 * 5 * (2 * 3 + 2 * 3 + 5));
  });

  test.each([
    ['MultiHeadAttention', { ...headed, attention_axes: [1, 2] }, sequences, {}, 'reshape'],
    ['MultiHeadAttention', { ...headed, flash_attention: true }, sequences, {}, 'flash'],
    ['MultiHeadAttention', headed, [[3, 4]], {}, 'takes 2 to 4 inputs'],
    [
      'MultiHeadAttention',
      headed,
      [[3, 4, 2], ...sequences.slice(1)],
      {},
      'takes a query of [steps, features]',
    ],
    ['MultiHeadAttention', headed, [...sequences, [2, 4]], {}, '5 values and 2 keys'],
    [
      'MultiHeadAttention',
      headed,
      [...sequences, [3, 2]],
      { names: [null, null, 'attention_mask'] },
      'given [3, 2]',
    ],
    [
      'MultiHeadAttention',
      headed,
      [...sequences, [3]],
      { names: [null, null, 'query_mask'] },
      'no input "query_mask"',
    ],
    ['MultiHeadAttention', headed, sequences, { names: ['query', 'key'] }, 'without its value'],
    ['MultiHeadAttention', headed, sequences, { options: { use_cache: true } }, 'use_cache'],
    [
      'GroupQueryAttention',
      { head_dim: 2, num_query_heads: 3, num_key_value_heads: 2 },
      sequences,
      {},
      'multiple of num_key_value_heads',
    ],
    [
      'Attention',
      {},
      [
        [3, 4],
        [5, 3],
      ],
      {},
      'queries of 4 features with keys of 3',
    ],
    ['Attention', { score_mode: 'general' }, sequences, {}, 'score_mode'],
  ])('%s refuses %j on %j %j', (type, config, shapes, call, message) => {
    expect(() => planOf(type, config, shapes, call)).toThrow(message);
  });
});
