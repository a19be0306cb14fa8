import { describe, expect, test } from '@jest/globals';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import { useEngine } from '../testing.js';
import { expectClose } from './testing/check.js';
import { changed, checkGolden, goldenCases, type GoldenCase, type Layer } from './testing/golden.js';

const engine = useEngine();
const numbered = (layer: string): [number, GoldenCase][] =>
  goldenCases(layer).map((golden, index) => [index, golden]);

const weight = (weights: Parameters<Layer>[1], name: string): Tensor => {
  const found = weights[name];
  if (!found) throw new Error(`the case has no ${name}`);
  return found;
};

/** What a recurrent layer returns: the sequence or the last hidden state, then states when they are asked for. */
const outputsOf = ({ config }: GoldenCase, sequence: Tensor, hidden: Tensor, states: Tensor[]): Tensor[] => [
  config['return_sequences'] ? sequence : hidden,
  ...(config['return_state'] ? states : []),
];

describe('ops have the outputs and gradients of Keras', () => {
  test.each(
    numbered('lstm').flatMap(([i, golden]) => [false, true].map((form) => [i, form, golden] as const)),
  )('LSTM, case %s, unrolled %s', (_, unrolled, golden) => {
    checkGolden(engine(), golden, golden.inference, ([x], weights) => {
      const kernels = {
        kernel: weight(weights, 'lstm_cell/kernel') as Tensor2D,
        recurrentKernel: weight(weights, 'lstm_cell/recurrent_kernel') as Tensor2D,
        bias: weight(weights, 'lstm_cell/bias') as Tensor1D,
      };
      const { sequence, state } = engine().ops.lstm(x as Tensor3D, kernels, { unrolled });
      return outputsOf(golden, sequence, state.hidden, [state.hidden, state.cell]);
    });
  });

  test.each(numbered('gru'))('GRU, case %s', (_, golden) => {
    checkGolden(engine(), golden, golden.inference, ([x], weights) => {
      const kernels = {
        kernel: weight(weights, 'gru_cell/kernel') as Tensor2D,
        recurrentKernel: weight(weights, 'gru_cell/recurrent_kernel') as Tensor2D,
        bias: weight(weights, 'gru_cell/bias') as Tensor2D,
      };
      const { sequence, state } = engine().ops.gru(x as Tensor3D, kernels);
      return outputsOf(golden, sequence, state, [state]);
    });
  });

  test.each(numbered('layer_normalization'))('layer normalization, case %s', (_, golden) => {
    checkGolden(engine(), golden, golden.inference, ([x], weights) => {
      const { tf, ops } = engine();
      if (!x) throw new Error('the layer has an input');
      const features = x.shape.at(-1) ?? 1;
      const scale = (weights['gamma'] ?? tf.fill([features], 1)) as Tensor1D;
      const offset = (weights['beta'] ?? tf.fill([features], 0)) as Tensor1D;
      return [ops.layerNorm(x, scale, offset, Number(golden.config['epsilon']))];
    });
  });

  test.each(numbered('batch_normalization'))('batch normalization, case %s', (_, golden) => {
    const { tf, ops } = engine();
    const epsilon = Number(golden.config['epsilon']);
    const parts = (x: Tensor, weights: Parameters<Layer>[1]) => {
      const channels = x.shape.at(-1) ?? 1;
      return {
        scale: (weights['gamma'] ?? tf.fill([channels], 1)) as Tensor1D,
        offset: (weights['beta'] ?? tf.fill([channels], 0)) as Tensor1D,
        mean: weight(weights, 'moving_mean') as Tensor1D,
        variance: weight(weights, 'moving_variance') as Tensor1D,
      };
    };
    checkGolden(engine(), golden, golden.inference, ([x = tf.scalar(0)], weights) => {
      const { scale, offset, mean, variance } = parts(x, weights);
      return [ops.batchNormInference(x, { mean, variance }, scale, offset, epsilon)];
    });
    const { training } = golden;
    if (!training) throw new Error('the case has a training pass');
    checkGolden(engine(), golden, training, ([x = tf.scalar(0)], weights) => {
      const { scale, offset, mean, variance } = parts(x, weights);
      const batch = ops.batchNormTraining(x, scale, offset, epsilon);
      const momentum = Number(golden.config['momentum']);
      const moved = (old: Tensor, now: Tensor): ArrayLike<number> =>
        old
          .mul(momentum)
          .add(now.mul(1 - momentum))
          .dataSync();
      expectClose(moved(mean, batch.mean), changed(golden, 'moving_mean'), 'moving mean');
      expectClose(moved(variance, batch.variance), changed(golden, 'moving_variance'), 'moving variance');
      return [batch.output];
    });
  });

  test.each(numbered('multi_head_attention'))('multi-head attention, case %s', (_, golden) => {
    const { ops } = engine();
    const heads = Number(golden.config['num_heads']);
    checkGolden(engine(), golden, golden.inference, ([query, value], weights) => {
      const flat = (name: string, width: number): Tensor => weight(weights, name).reshape([-1, width]);
      const project = (x: Tensor | undefined, name: string): Tensor4D => {
        if (!x) throw new Error('the layer has two inputs');
        const bias = weight(weights, `${name}/bias`);
        const rows = ops.dense(x, flat(`${name}/kernel`, bias.size) as Tensor2D, bias.flatten());
        return rows.reshape([...x.shape.slice(0, 2), heads, -1]);
      };
      const mixed = ops.attention(project(query, 'query'), project(value, 'key'), project(value, 'value'));
      const [batch, queries] = mixed.shape;
      const bias = weight(weights, 'attention_output/bias') as Tensor1D;
      const kernel = flat('attention_output/kernel', bias.size) as Tensor2D;
      return [ops.dense(mixed.reshape([batch, queries, -1]), kernel, bias)];
    });
  });

  test.each(numbered('embedding'))('embedding, case %s', (_, golden) => {
    checkGolden(
      engine(),
      golden,
      golden.inference,
      ([ids], weights) => {
        if (!ids) throw new Error('the layer has an input');
        return [engine().ops.embedding(weight(weights, 'embeddings') as Tensor2D, ids)];
      },
      'int32',
    );
  });

  test('an id out of range is refused', () => {
    const { tf, ops } = engine();
    const table = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
    expect(() => ops.embedding(table, tf.tensor1d([3], 'int32'))).toThrow(
      /indices\[0\] = 3 is not in \[0, 3\)/,
    );
  });
});
