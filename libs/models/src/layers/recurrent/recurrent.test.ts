// Recurrent layers, their wrappers and masks against Keras 3.15.1 and against each other.

import { describe, expect, test } from '@jest/globals';
import type { Tensor } from '@gradstream/engine';
import { useEngine } from '../../testing/engine.js';
import { testGolden } from '../../testing/golden.js';
import { gradientsOf, planOf, runLayer } from '../../testing/layer.js';
import { testLayer } from '../../testing/layerTest.js';
import { createContext } from '../context.js';
import { sizeOf, type LayerContext, type WeightSpec } from '../layer.js';
import { gru, gruCell } from './gru.js';
import { lstm, lstmCell } from './lstm.js';
import { runSteps } from './steps.js';

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
  type: 'GRU',
  config: { units: 2, reset_after: false, dropout: 0.3, recurrent_dropout: 0.3, implementation: 1 },
  shapes: [[3, 2]],
  training: true,
});
testLayer(get, {
  type: 'ConvLSTM2D',
  config: { filters: 1, kernel_size: 2, dropout: 0.3, recurrent_dropout: 0.3 },
  shapes: [[2, 3, 3, 1]],
  training: true,
});
testLayer(get, { type: 'Masking', config: { mask_value: 9 }, shapes: [[4, 2]] });
testLayer(get, {
  type: 'TimeDistributed',
  config: { layer: { class_name: 'Conv2D', config: { filters: 2, kernel_size: 2 } } },
  shapes: [[3, 3, 3, 1]],
});

const numbers = (count: number, phase: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.sin(i + phase) / 2);
const weightsOf = (specs: readonly WeightSpec[]): Tensor[] =>
  specs.map(({ shape }, index) => get().tf.tensor(numbers(sizeOf(shape), index), [...shape]));

/** A context for a plan or a cell with given weights. */
function contextOf(
  { weights: specs }: { readonly weights: readonly WeightSpec[] },
  values: readonly Tensor[],
  skipActivation = false,
): LayerContext {
  const byName = new Map(specs.map(({ name }, at) => [name, values[at]]));
  return createContext({
    gs: get(),
    training: false,
    trainable: true,
    masks: [null],
    weight: (name) => byName.get(name) ?? get().tf.scalar(0),
    seed: null,
    skipActivation,
    update: () => undefined,
    addLoss: () => undefined,
  });
}

/** Outputs of a layer over x [2, 5, 3] with a mask, as numbers. */
function run(type: string, config: object, mask: number[][] | null, x: number[][][]): number[][] {
  const { tf } = get();
  const steps = x[0]?.length ?? 0;
  const plan = planOf(type, config, [[steps, 3]]);
  const weights = weightsOf(plan.weights);
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

const none = { input: null, state: null };

describe('both forms of a recurrence give the same results and gradients', () => {
  test.each([
    ['LSTM', lstmCell(lstm.config.parse({ units: 2 }), 3)],
    ['LSTM', lstmCell(lstm.config.parse({ units: 2, use_bias: false }), 3)],
    ['GRU', gruCell(gru.config.parse({ units: 2 }), 3)],
    ['GRU', gruCell(gru.config.parse({ units: 2, use_bias: false }), 3)],
    ['GRU', gruCell(gru.config.parse({ units: 2, reset_after: false }), 3)],
  ])('%s, %#', (_, cell) => {
    const gs = get();
    const { tf } = gs;
    const weights = weightsOf(cell.weights);
    const start = cell.states.map(([units = 0], at) =>
      tf.tensor2d([[at + 0.5, 0.3, -0.2]], [1, 3]).slice([0, 0], [1, units]),
    );
    const outcome = (form: 'whole' | 'steps', values: readonly Tensor[]): Tensor[] => {
      const [x, ...rest] = values;
      const states = rest.slice(0, start.length);
      const context = contextOf(cell, rest.slice(start.length));
      if (!x || !cell.whole) throw new Error('the cell has both forms');
      const { sequence, last } =
        form === 'whole'
          ? cell.whole(context, x, states)
          : runSteps(cell, { context, x, drops: none }, states);
      return [...cell.states.map((_state, at) => sequence(at)), ...last];
    };
    const at = [tf.tensor3d([row(3)]), ...start, ...weights];
    const [whole, steps] = (['whole', 'steps'] as const).map((form) => {
      const outputs = outcome(form, at);
      const cotangents = outputs.map((output, index) => tf.tensor(numbers(output.size, index), output.shape));
      return [...outputs, ...gradientsOf(gs, (values) => outcome(form, values), cotangents, at)];
    });
    expect(whole).toHaveLength(2 * cell.states.length + at.length);
    whole?.forEach((tensor, index) => {
      near([...(steps?.[index]?.dataSync() ?? [])], [...tensor.dataSync()]);
    });
  });
});

describe('dropout', () => {
  const eye = (units: number): Tensor => get().tf.eye(units);

  test('of the inputs is the same at all steps', () => {
    const { tf } = get();
    const config = {
      units: 100,
      activation: 'linear',
      use_bias: false,
      dropout: 0.5,
      return_sequences: true,
    };
    const plan = planOf('SimpleRNN', config, [[3, 100]]);
    const { outputs } = runLayer(get(), plan, {
      inputs: [tf.ones([1, 3, 100])],
      weights: [eye(100), tf.zeros([100, 100])],
      training: true,
    });
    const [first, ...others] = outputs[0]?.unstack(1).map((step) => [...step.dataSync()]) ?? [];
    expect(new Set(first)).toEqual(new Set([0, 2]));
    expect(first?.filter((value) => value === 0).length).toBeGreaterThan(30);
    expect(others).toEqual([first, first]);
  });

  test('of the states is another one for each gate', () => {
    const { tf } = get();
    const units = 200;
    const linear = { activation: 'linear', recurrent_activation: 'linear' };
    const plan = planOf('LSTM', { units, ...linear, recurrent_dropout: 0.5 }, [[1, 1], [units], [units]]);
    const zeros = tf.zeros([units, units]);
    // The output is the product of input gate and candidate, both the dropped state: 1 / (1 - rate)² or nothing.
    const recurrent = tf.concat([eye(units), zeros, eye(units), zeros], 1);
    const bias = tf.concat([tf.zeros([3 * units]), tf.ones([units])]);
    const { outputs } = runLayer(get(), plan, {
      inputs: [tf.zeros([1, 1, 1]), tf.ones([1, units]), tf.zeros([1, units])],
      weights: [tf.zeros([1, 4 * units]), recurrent, bias],
      training: true,
    });
    const values = [...(outputs[0]?.dataSync() ?? [])];
    expect(new Set(values)).toEqual(new Set([0, 4]));
    // A quarter; half with one mask for both. Five standard deviations (6) are between.
    const kept = values.filter((value) => value > 0).length;
    expect(Math.abs(kept - units / 4)).toBeLessThan(25);
  });
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

  test('masked and compiled by XLA, the results are the same', () => {
    const gs = get();
    const { tf } = gs;
    const plan = planOf('LSTM', { units: 2, return_sequences: true, return_state: true }, [[5, 3]]);
    const mask = tf.tensor2d([[0, 1, 0, 1, 0]]).cast('bool');
    const weights = weightsOf(plan.weights);
    const layer = (x: Tensor): Tensor[] =>
      runLayer(gs, plan, { inputs: [x], weights, masks: [mask] }).outputs;
    const step = gs.capture((x) => layer(x), { executor: 'xla' });
    const x = tf.tensor3d([row(5)]);
    const expected = layer(x);
    step.run(x).forEach((output, at) => {
      near([...output.dataSync()], [...(expected[at]?.dataSync() ?? [])]);
    });
    step.dispose();
  });

  test('states have none, outputs that are sequences have that of the input', () => {
    const { tf } = get();
    const layer = { class_name: 'LSTM', config: { units: 1, return_sequences: true, return_state: true } };
    const mask = tf.tensor2d([[1, 0]]).cast('bool');
    const masksOf = (type: string, config: object): boolean[] => {
      const plan = planOf(type, config, [[2, 3]]);
      const inputs = [tf.zeros([1, 2, 3])];
      const { masks } = runLayer(get(), plan, { inputs, weights: weightsOf(plan.weights), masks: [mask] });
      return masks.map((one) => one !== null);
    };
    expect(masksOf('LSTM', layer.config)).toEqual([true, false, false]);
    expect(masksOf('LSTM', { ...layer.config, return_sequences: false })).toEqual([false, false, false]);
    const states = [false, false, false, false];
    expect(masksOf('Bidirectional', { layer, merge_mode: null })).toEqual([true, true, ...states]);
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

test('the activation that ends TimeDistributed is left to a fused loss', () => {
  const gs = get();
  const { tf } = gs;
  const layer = { class_name: 'Dense', config: { units: 2, activation: 'softmax' } };
  const plan = planOf('TimeDistributed', { layer }, [[5, 3]]);
  const weights = weightsOf(plan.weights);
  const x = tf.tensor3d([row(4)]);
  const [probabilities] = runLayer(gs, plan, { inputs: [x], weights }).outputs;
  const context = contextOf(plan, weights, true);
  const logits = plan.call(context, [x]) as Tensor;
  expect(plan.finalActivation).toBe('softmax');
  expect(logits.shape).toEqual([1, 5, 2]);
  expect(logits.sum().dataSync()[0]).not.toBeCloseTo(5, 2);
  near([...gs.ops.softmax(logits).dataSync()], [...(probabilities?.dataSync() ?? [])]);
});
