import { describe, expect, test } from '@jest/globals';
import type { Tensor, Tensor1D } from '@gradstream/engine';
import { parseModel, type Segment } from '@gradstream/models';
import { useEngine } from '../testing/engine.js';
import { Network } from './network.js';

const get = useEngine();

const layer = (type: string, config: object): object => ({ class_name: type, config });
const parsed = parseModel({
  class_name: 'Sequential',
  config: {
    layers: [
      layer('InputLayer', { batch_shape: [null, 6] }),
      layer('Dense', { units: 8, activation: 'tanh', activity_regularizer: 'l2' }),
      layer('Dropout', { rate: 0.5 }),
      layer('Dense', { units: 8, activation: 'gelu' }),
      layer('Dense', { units: 3, kernel_regularizer: 'l1' }),
    ],
  },
});
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
const { graph } = parsed;

/** Loss and gradients of all weights, as numbers. */
function gradients(network: Network, segments: readonly Segment[]): number[][] {
  const gs = get();
  const { tf } = gs;
  const variables = network.trainable.map(({ variable }) => variable);
  const step = gs.capture((...tensors: Tensor[]): Tensor[] => {
    const [x, seed] = tensors as [Tensor, Tensor1D];
    const { value, grads } = tf.variableGrads(() => {
      const { outputs, losses } = network.forward([x], { seed, segments });
      const terms = outputs.map((output) => output.square().mean());
      return tf.addN([...terms, ...losses]).asScalar();
    }, variables);
    return [value, ...variables.map((variable) => grads[variable.name] ?? tf.scalar(0))];
  });
  const x = tf.tensor2d(
    Array.from({ length: 24 }, (_, i) => Math.sin(i)),
    [4, 6],
  );
  const results = step.run(x, tf.tensor1d([1, 2], 'int32'));
  const numbers = results.map((tensor) => [...tensor.dataSync()]);
  tf.dispose([x, ...results]);
  step.dispose();
  return numbers;
}

describe('segments', () => {
  test('give the same bytes as without', () => {
    const network = new Network(get(), graph, 1);
    const plain = gradients(network, []);
    expect(plain[0]?.[0]).toBeGreaterThan(0);
    for (const segments of [
      [
        { from: 0, to: 2 },
        { from: 2, to: 4 },
      ],
      [{ from: 1, to: 3 }],
    ])
      expect(gradients(network, segments)).toEqual(plain);
    network.dispose();
  });
});

test('a network says which input is missing, and which weight it has not', () => {
  const network = new Network(get(), graph, 1);
  expect(() => network.forward([], { seed: null })).toThrow(/input/);
  expect(() => network.weight('dense/none')).toThrow(/no weight dense\/none/);
  network.dispose();
});

test('a penalty is that of the weights with a regularizer', () => {
  const network = new Network(get(), graph, 1);
  const kernel = network.weights.find(({ spec }) => spec.regularizer)?.variable;
  const expected = [...(kernel?.dataSync() ?? [])].reduce((sum, value) => sum + 0.01 * Math.abs(value), 0);
  const penalty = get().tf.tidy(() => network.penalty()?.dataSync()[0]);
  expect(penalty).toBeCloseTo(expected, 5);
  network.dispose();
});
