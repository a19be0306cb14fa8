// Recurrent layers, their wrappers and masks against Keras 3.15.1 and against each other.

import { describe, expect, test } from '@jest/globals';
import type { Tensor } from '@gradstream/engine';
import { useEngine } from '../../testing/engine.js';
import { testGolden } from '../../testing/golden.js';
import { planOf, runLayer } from '../../testing/layer.js';
import { testLayer } from '../../testing/layerTest.js';

const get = useEngine();

for (const name of [
  'simple_rnn',
  'lstm',
  'gru',
  'bidirectional',
  'time_distributed',
  'conv_lstm2d',
  'further_recurrent',
])
  testGolden(get, name);

testLayer(get, { type: 'LSTM', config: { units: 3, activation: 'gelu', use_bias: false }, shapes: [[4, 2]] });
testLayer(get, {
  type: 'LSTM',
  config: { units: 3, dropout: 0.3, recurrent_dropout: 0.3 },
  shapes: [[4, 2]],
  training: true,
});
testLayer(get, {
  type: 'GRU',
  config: { units: 3, recurrent_dropout: 0.5, return_state: true },
  shapes: [[4, 2], [3]],
  training: true,
});
testLayer(get, { type: 'SimpleRNN', config: { units: 3, return_sequences: true }, shapes: [[4, 2]] });
testLayer(get, {
  type: 'Bidirectional',
  config: { layer: { class_name: 'GRU', config: { units: 2, return_sequences: true } }, merge_mode: null },
  shapes: [[4, 3]],
});
testLayer(get, {
  type: 'TimeDistributed',
  config: { layer: { class_name: 'Conv2D', config: { filters: 2, kernel_size: 2 } } },
  shapes: [[3, 3, 3, 1]],
});

/** Outputs of a layer over x [2, 5, 3] with a mask, as numbers. */
function run(type: string, config: object, mask: number[][] | null, x: number[][][]): number[][] {
  const { tf } = get();
  const steps = x[0]?.length ?? 0;
  const plan = planOf(type, config, [[steps, 3]]);
  const weights = plan.weights.map(({ shape }, index) =>
    tf.tensor(
      Array.from({ length: tf.util.sizeFromShape([...shape]) }, (_, i) => Math.sin(i + index) / 2),
      [...shape],
    ),
  );
  const masks: (Tensor | null)[] = [mask && tf.tensor2d(mask).cast('bool')];
  const { outputs } = runLayer(get(), plan, { inputs: [tf.tensor3d(x)], weights, masks });
  return outputs.map((output) => [...output.dataSync()]);
}
const row = (seed: number): number[][] =>
  Array.from({ length: 5 }, (_, step) => Array.from({ length: 3 }, (_, i) => Math.sin(seed + 3 * step + i)));
const near = (actual: readonly number[] | undefined, expected: readonly number[] | undefined): void => {
  expect(actual).toHaveLength(expected?.length ?? -1);
  actual?.forEach((value, index) => {
    expect(value).toBeCloseTo(expected?.[index] ?? Number.NaN, 5);
  });
};

describe('both forms of a recurrence', () => {
  test.each(['LSTM', 'GRU'])(
    '%s: a mask of ones, which runs step by step, gives what the fused op gives',
    (type) => {
      const config = { units: 2, return_sequences: true, return_state: true };
      const x = [row(0), row(10)];
      const fused = run(type, config, null, x);
      const plain = run(
        type,
        config,
        x.map((steps) => steps.map(() => 1)),
        x,
      );
      fused.forEach((output, index) => {
        near(plain[index], output);
      });
    },
  );
});

describe('masks', () => {
  test.each(['SimpleRNN', 'LSTM', 'GRU'])('%s: padding after a sequence changes nothing', (type) => {
    const x = row(1);
    const padded = run(type, { units: 2 }, [[1, 1, 1, 0, 0]], [x]);
    near(padded[0], run(type, { units: 2 }, null, [x.slice(0, 3)])[0]);
  });

  test.each(['SimpleRNN', 'LSTM', 'GRU'])('%s: nor does padding before it', (type) => {
    const x = row(1);
    const padded = run(type, { units: 2 }, [[0, 0, 1, 1, 1]], [x]);
    near(padded[0], run(type, { units: 2 }, null, [x.slice(2)])[0]);
  });

  test('a masked step repeats the output before it, or gives zeros where that is asked for', () => {
    const config = { units: 1, return_sequences: true };
    const [a = 0, b = 0, , d = 0] = run('GRU', config, [[1, 1, 0, 1, 1]], [row(2)])[0] ?? [];
    const repeated = run('GRU', config, [[1, 1, 0, 1, 1]], [row(2)])[0];
    near(repeated?.slice(0, 4), [a, b, b, d]);
    const zeroed = run('GRU', { ...config, zero_output_for_mask: true }, [[1, 1, 0, 1, 1]], [row(2)])[0];
    near(zeroed?.slice(0, 4), [a, b, 0, d]);
  });

  test('Masking marks steps of nothing but its value', () => {
    const { tf } = get();
    const plan = planOf('Masking', { mask_value: 9 }, [[3, 2]]);
    const { outputs, mask } = runLayer(get(), plan, {
      inputs: [
        tf.tensor3d([
          [
            [1, 9],
            [9, 9],
            [3, 4],
          ],
        ]),
      ],
      weights: [],
    });
    expect([...(mask?.dataSync() ?? [])]).toEqual([1, 0, 1]);
    expect([...(outputs[0]?.dataSync() ?? [])]).toEqual([1, 9, 0, 0, 3, 4]);
  });
});

test.each([
  ['LSTM', { units: 2 }, [[4]], 'takes [steps, features]'],
  ['LSTM', { units: 2 }, [[4, 3], [2], [3]], 'takes initial states of the shapes [2], [2]'],
  ['GRU', { units: 2, activation: 'relu' }, [[1001, 3]], 'more than 1000'],
  ['GRU', { units: 2, stateful: true }, [[4, 3]], 'is not supported: batches are shuffled'],
  ['Bidirectional', { layer: { class_name: 'Dense', config: { units: 2 } } }, [[4, 3]], 'has no direction'],
  [
    'TimeDistributed',
    { layer: { class_name: 'LSTM', config: { units: 2 } } },
    [[4, 3]],
    'takes [steps, features]',
  ],
])('%s %j on %j is refused', (type, config, shapes, message) => {
  expect(() => planOf(type, config, shapes)).toThrow(message);
});
