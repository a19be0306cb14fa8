// The estimate of libs/models against TensorFlow's own record of allocations. It is to hold within a factor: kernels take
// scratch memory that no graph shows, and TensorFlow decides the order of what does not depend on each other.

import { describe, expect, test } from '@jest/globals';
import { lossSettingsSchema, optimizerSettingsSchema } from '@gradstream/contracts';
import type { Engine, Tensor, Tensor1D } from '@gradstream/engine';
import {
  estimateMemory,
  parseModel,
  segmentsOf,
  type Checkpointing,
  type ModelGraph,
} from '@gradstream/models';
import { createLossFunction } from '../losses/index.js';
import { Network } from '../network/network.js';
import { makeOptimizer } from '../optimizers/create.js';
import { useEngine } from '../testing/engine.js';

const get = useEngine();

function graphOf(
  inputShape: readonly number[],
  layers: readonly (readonly [type: string, config: object])[],
): ModelGraph {
  const all = [['InputLayer', { batch_shape: [null, ...inputShape] }] as const, ...layers];
  const parsed = parseModel({
    class_name: 'Sequential',
    config: { layers: all.map(([type, config]) => ({ class_name: type, config })) },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.graph;
}

/** The most memory of tensors of one step of Adam. */
function measuredPeak(
  gs: Engine,
  graph: ModelGraph,
  batchSize: number,
  mode: Checkpointing,
  precision: 'float32' | 'bfloat16',
): number {
  const { tf } = gs;
  const network = new Network(gs, graph, 1);
  const weights = network.trainable.map(({ name, variable, spec }) => ({ name, variable, role: spec.role }));
  const optimizer = makeOptimizer(gs, optimizerSettingsSchema.parse('adam'), weights);
  const loss = createLossFunction(gs, lossSettingsSchema.parse('sparseCategoricalCrossentropy'), {
    fused: true,
  });
  const final = network.finalCall(0);
  const forward = { segments: segmentsOf(graph, mode), withoutActivation: new Set(final ? [final] : []) };
  const variables = weights.map(({ variable }) => variable);
  const step = gs.capture(
    (...tensors: Tensor[]): Tensor[] => {
      const [x, target, seed] = tensors as [Tensor, Tensor, Tensor1D];
      const { value, grads } = tf.variableGrads(() => {
        const [output] = network.forward([x], { seed, ...forward }).outputs;
        return loss.value(target, output ?? x);
      }, variables);
      optimizer.apply(
        variables.map((variable) => grads[variable.name] ?? tf.zerosLike(variable)),
        tf.scalar(1e-3),
      );
      return [value];
    },
    { precision },
  );
  const x = tf.zeros([batchSize, ...graph.inputShape]);
  const inputs = [x, tf.zeros([batchSize], 'int32'), tf.tensor1d([1, 2], 'int32')];
  const { peakBytes } = gs.measure(step, inputs, { calls: 1 });
  step.dispose();
  optimizer.dispose();
  network.dispose();
  return peakBytes ?? 0;
}

const dense = (units: number, activation = 'relu') => ['Dense', { units, activation }] as const;
const conv = (filters: number) =>
  ['Conv2D', { filters, kernel_size: 3, padding: 'same', activation: 'relu' }] as const;
const pool = ['MaxPooling2D', { pool_size: 2 }] as const;

const mlp = graphOf([256], [dense(512), ['Dropout', { rate: 0.5 }], dense(512), dense(10, 'softmax')]);
const cnn = graphOf(
  [28, 28, 1],
  [conv(16), pool, conv(32), pool, ['Flatten', {}], dense(64), dense(10, 'softmax')],
);
const stack = graphOf([64], [...Array.from({ length: 24 }, () => dense(64, 'tanh')), dense(10, 'softmax')]);

const FACTOR = 2;

describe('the estimate holds within a factor of 2 either way', () => {
  test.each([
    ['an MLP', mlp, 64, 'none', 'float32'],
    ['an MLP', mlp, 1024, 'none', 'float32'],
    ['an MLP', mlp, 1024, 'none', 'bfloat16'],
    ['a CNN', cnn, 64, 'none', 'float32'],
    ['a CNN', cnn, 64, 'none', 'bfloat16'],
    ['a CNN', cnn, 64, 'blocks', 'float32'],
    ['a stack', stack, 1024, 'none', 'float32'],
    ['a stack', stack, 1024, 'none', 'bfloat16'],
    ['a stack', stack, 1024, 'blocks', 'float32'],
  ] as const)('%s %#', (_, graph, batchSize, mode, precision) => {
    const settings = { batchSize, precision, slotsPerWeight: 2, segments: segmentsOf(graph, mode) };
    const measured = measuredPeak(get(), graph, batchSize, mode, precision);
    const ratio = estimateMemory(graph, settings).step / measured;
    expect(ratio).toBeGreaterThan(1 / FACTOR);
    expect(ratio).toBeLessThan(FACTOR);
  });
});

test('segments save about what the estimate says of a deep stack', () => {
  const measured = (mode: Checkpointing): number => measuredPeak(get(), stack, 1024, mode, 'float32');
  const estimated = (mode: Checkpointing): number => {
    const segments = segmentsOf(stack, mode);
    return estimateMemory(stack, { batchSize: 1024, precision: 'float32', slotsPerWeight: 2, segments }).step;
  };
  expect(measured('blocks') / measured('none')).toBeLessThan(0.65);
  expect(estimated('blocks') / estimated('none')).toBeLessThan(0.5);
});
