import { describe, expect, test } from '@jest/globals';
import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs';
import type { StepOptions } from '../engine.js';
import { codeOf, useEngine, wave } from '../testing.js';

const engine = useEngine();

/** Trains a network 8-16-3 with Adam; returns its losses, its weights at the end, and the step's receipt. */
function trained(options: StepOptions, steps: number) {
  const { tf, ops, updates } = engine();
  const variable = (shape: number[], phase: number): Variable =>
    engine().variable(
      tf
        .tensor(
          wave(
            shape.reduce((a, b) => a * b, 1),
            phase,
          ),
          shape,
        )
        .mul(0.3),
    );
  const weights = [variable([8, 16], 1), variable([16], 2), variable([16, 3], 3)] as const;
  const slots = weights.map(({ shape }) => ({
    m: engine().variable(tf.zeros(shape), false),
    v: engine().variable(tf.zeros(shape), false),
  }));
  const iterations = engine().variable(tf.scalar(0), false);
  const step = (x: Tensor, y: Tensor): Tensor[] => {
    const [w1, b1, w2] = weights;
    const { value, grads } = tf.variableGrads(() => {
      const hidden = ops.relu(ops.biasAdd(tf.matMul(x, w1), b1 as Tensor as Tensor1D));
      return ops
        .sparseSoftmaxCrossEntropy(tf.matMul(hidden, w2), y as Tensor1D)
        .mean()
        .asScalar();
    }, [...weights]);
    iterations.assign(iterations.add(1));
    const power = (beta: number) => tf.pow(tf.scalar(beta), iterations);
    const rates = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
    weights.forEach((weight, index) => {
      const [slot, gradient] = [slots[index], grads[weight.name]];
      if (!slot || !gradient) throw new Error('every weight has slots and a gradient');
      updates.adam(weight, slot, gradient, { ...rates, beta1Power: power(0.9), beta2Power: power(0.999) });
    });
    return [value];
  };
  const k = options.stepsPerCall ?? 1;
  const captured = engine().capture(step, options);
  const losses: number[] = [];
  for (let at = 0; at < steps; at += k) {
    const batches = Array.from({ length: k }, (_, i) => wave(4 * 8, at + i));
    const labels = Array.from({ length: k }, (_, i) => [0, 1, 2, (at + i) % 3]);
    const x = k === 1 ? tf.tensor2d(batches[0] ?? [], [4, 8]) : tf.tensor(batches.flat(), [k, 4, 8]);
    const y = k === 1 ? tf.tensor1d(labels[0] ?? [], 'int32') : tf.tensor2d(labels, [k, 4], 'int32');
    losses.push(...captured.run(x, y).flatMap((loss) => Array.from(loss.dataSync())));
  }
  const values = weights.flatMap((weight) => Array.from(weight.dataSync()));
  const [receipt] = captured.receipts;
  captured.dispose();
  tf.dispose([...weights, ...slots.flatMap(({ m, v }) => [m, v]), iterations]);
  return { losses, values, receipt };
}

/** The largest difference of two lists, relative to the largest of the values. */
const difference = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? Number.NaN)))) /
  Math.max(...b.map(Math.abs));

describe('executors', () => {
  test('all train the same network', () => {
    const eager = trained({ executor: 'eager' }, 24);
    expect(eager.losses).toHaveLength(24);
    expect(new Set(eager.losses).size).toBe(24); // Every step has changed something.
    const others: StepOptions[] = [
      { executor: 'captured' },
      { executor: 'xla' },
      { executor: 'captured', stepsPerCall: 8 },
      { executor: 'xla', stepsPerCall: 8 },
      { executor: 'eager', stepsPerCall: 8 },
      { executor: 'auto', stepsPerCall: 4 },
    ];
    for (const options of others) {
      const { losses, values, receipt } = trained(options, 24);
      expect(difference(losses, eager.losses)).toBeLessThan(1e-5);
      expect(difference(values, eager.values)).toBeLessThan(1e-5);
      if (options.executor !== 'eager') expect(receipt?.fallback).toBeNull();
    }
  });

  test('the same executor gives the same bytes, several steps a call or one', () => {
    const one = trained({ executor: 'captured' }, 16);
    expect(trained({ executor: 'captured' }, 16).values).toEqual(one.values);
    expect(trained({ executor: 'captured', stepsPerCall: 8 }, 16).values).toEqual(one.values);
    const xla = trained({ executor: 'xla' }, 16);
    expect(trained({ executor: 'xla' }, 16).values).toEqual(xla.values);
  });

  test('a choice changes nothing but the speed, and is told', () => {
    const { receipt, values } = trained({ executor: 'auto' }, 3);
    const { executor, choice } = receipt ?? {};
    expect(choice?.candidates.map((candidate) => candidate.executor)).toEqual(['captured', 'xla']);
    expect(choice?.candidates.every(({ refused, callMs }) => refused === null && (callMs ?? 0) > 0)).toBe(
      true,
    );
    if (executor !== 'captured' && executor !== 'xla') throw new Error('one of the two is chosen');
    expect(trained({ executor }, 3).values).toEqual(values);
  });
});

test('a step without numbers to compare stays with the plain form', () => {
  const { tf } = engine();
  const count = engine().variable(tf.scalar(0));
  const step = engine().capture(
    () => {
      count.assign(count.add(1));
      return [];
    },
    { executor: 'auto' },
  );
  step.run();
  expect([...count.dataSync()]).toEqual([1]); // The trial has left no trace.
  expect(step.receipts[0]?.executor).toBe('captured');
  expect(step.receipts[0]?.choice?.candidates[1]?.refused).toMatch(/no numbers/);
  step.dispose();
  step.dispose(); // A second time does nothing.
  count.dispose();
});

describe('what XLA cannot compile', () => {
  /** The second smallest number of each row, by an op that XLA has no kernel of. */
  const step = (x: Tensor): Tensor[] => {
    const { runtime } = engine();
    const result = runtime.run(
      'NthElement',
      [runtime.typeAttribute('T', 'float32')],
      [x, engine().tf.scalar(1, 'int32')],
    );
    return [result];
  };

  test('runs without it, and says so', () => {
    const { tf } = engine();
    const x = tf.tensor2d([[5, 1, 3]]);
    const captured = engine().capture(step, { executor: 'xla' });
    expect([...(captured.run(x)[0]?.dataSync() ?? [])]).toEqual([3]);
    expect(captured.receipts[0]).toMatchObject({
      executor: 'captured',
      fallback: expect.stringMatching(/NthElement/),
    });
    captured.dispose();
    const chosen = engine().capture(step, { executor: 'auto' });
    expect([...(chosen.run(x)[0]?.dataSync() ?? [])]).toEqual([3]);
    expect(chosen.receipts[0]?.choice?.candidates[1]?.refused).toMatch(/NthElement/);
    chosen.dispose();
  });
});

describe('several steps a call', () => {
  test('want inputs with their leading dimension', () => {
    const { tf } = engine();
    for (const executor of ['captured', 'eager'] as const) {
      const step = engine().capture((x) => [x.sum()], { stepsPerCall: 4, executor });
      expect(codeOf(() => step.run(tf.zeros([3, 2])))).toBe('INVALID_ARGUMENT');
      expect([...(step.run(tf.ones([4, 2]))[0]?.dataSync() ?? [])]).toEqual([2, 2, 2, 2]);
      step.dispose();
    }
  });
});
