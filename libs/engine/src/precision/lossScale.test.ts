import { describe, expect, test } from '@jest/globals';
import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { StepOptions } from '../engine.js';
import { typeAttribute } from '../native/attributes.js';
import { DataType } from '../native/dataTypes.js';
import { codeOf, useEngine, wave } from '../testing.js';

const engine = useEngine();
const SIZE = 6;

/** x as float16 holds it; the gradient passes through float16 as well, as in a network that computes in it. */
function throughHalf(x: Tensor): Tensor {
  const { backend, binding, tf } = engine().runtime;
  const convert = (id: number, from: number, to: number) => {
    const [output] = binding.executeOp(
      'Cast',
      [typeAttribute('SrcT', from), typeAttribute('DstT', to)],
      [id],
      1,
    );
    if (!output) throw new Error('Cast has one output');
    return output;
  };
  const cast = (input: Tensor): Tensor => {
    const { TF_FLOAT, TF_HALF } = DataType;
    const half = convert(engine().runtime.id(input), TF_FLOAT, TF_HALF);
    const full = convert(half.id, TF_HALF, TF_FLOAT);
    binding.deleteTensor(half.id); // tfjs has no name for its type.
    return backend.createOutputTensor(full);
  };
  return tf.customGrad(() => ({ value: cast(x), gradFunc: cast }))(x);
}

interface Setup {
  readonly initial: number;
  readonly growthInterval: number;
  readonly half?: boolean;
  readonly options?: StepOptions;
}

/** A linear model with Adam under a loss scale; `factor` multiplies the loss of a step. */
function training({ initial, growthInterval, half = false, options = {} }: Setup) {
  const { tf, updates } = engine();
  const weight = engine().variable(tf.tensor(wave(SIZE), [SIZE, 1]));
  const slots = {
    m: engine().variable(tf.zeros([SIZE, 1]), false),
    v: engine().variable(tf.zeros([SIZE, 1]), false),
  };
  const lossScale = engine().lossScale({ initial, growthInterval });
  const step = engine().capture((x, factor) => {
    const forward = () => {
      const prediction = x.matMul(weight);
      return lossScale.scale((half ? throughHalf(prediction) : prediction).square().mean().mul(factor));
    };
    const { value, grads } = tf.variableGrads(forward, [weight]);
    const { gradients, finite } = lossScale.unscale([grads[weight.name] ?? weight]);
    const report = lossScale.update(finite, () => {
      const rates = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
      for (const gradient of gradients)
        updates.adam(weight, slots, gradient, { ...rates, beta1Power: 0.9, beta2Power: 0.999 });
    });
    return [value.div(report.scale), report.scale, report.skipped, ...gradients];
  }, options);
  const state = (): number[][] =>
    [weight, slots.m, slots.v].map((variable: Variable) => Array.from(variable.dataSync()));
  const counters = (): number[] => {
    const { scale, goodSteps, skipped } = lossScale.variables;
    return [scale, goodSteps, skipped].flatMap((variable) => Array.from(variable.dataSync()));
  };
  const run = (factor = 1) => {
    const x = tf.tensor(wave(4 * SIZE, 2), [4, SIZE]);
    const [loss, scale, skipped, gradient] = step
      .run(x, tf.scalar(factor))
      .map((output) => Array.from(output.dataSync()));
    return { loss: loss?.[0], scale: scale?.[0], skipped: skipped?.[0], gradient: gradient ?? [] };
  };
  const dispose = (): void => {
    step.dispose();
    lossScale.dispose();
    tf.dispose([weight, slots.m, slots.v]);
  };
  return { run, state, counters, lossScale, dispose };
}

describe.each(['captured', 'xla', 'eager'] as const)('a loss scale in a step that runs %s', (executor) => {
  const options = { executor };

  test('an infinite gradient skips exactly its update, halves the scale, and training goes on', () => {
    const { run, state, counters, dispose } = training({ initial: 1024, growthInterval: 1000, options });
    const first = [run(), run()];
    const before = state();
    const planted = run(Number.POSITIVE_INFINITY);
    expect(state()).toEqual(before);
    expect(planted).toMatchObject({ scale: 1024, skipped: 1 });
    expect(counters()).toEqual([512, 0, 1]);
    const after = [run(), run()];
    expect(state()).not.toEqual(before);
    expect([...first, ...after].map(({ skipped }) => skipped)).toEqual([0, 0, 0, 0]);
    expect([...first, ...after].map(({ scale }) => scale)).toEqual([1024, 1024, 512, 512]);
    expect(after[1]?.loss).toBeLessThan(first[0]?.loss ?? 0);
    expect(counters()).toEqual([512, 2, 1]);
    dispose();
  });

  test('so does a gradient that overflows in float16 alone', () => {
    const setup = { initial: 2 ** 14, growthInterval: 1000, options };
    const FACTOR = 2 ** 8; // Times the scale it takes gradients past 65504, the largest float16.
    const whole = training(setup);
    expect(whole.run(FACTOR)).toMatchObject({ skipped: 0 });
    whole.dispose();
    const { run, state, counters, dispose } = training({ ...setup, half: true });
    const first = run();
    const before = state();
    expect(run(FACTOR)).toMatchObject({ scale: 2 ** 14, skipped: 1 });
    expect(state()).toEqual(before);
    expect(counters()).toEqual([2 ** 13, 0, 1]);
    expect(run()).toMatchObject({ scale: 2 ** 13, skipped: 0 });
    expect(state()).not.toEqual(before);
    expect(first.skipped).toBe(0);
    dispose();
  });

  test('the scale doubles after a number of good steps in a row, by the rule of Keras', () => {
    const { run, counters, dispose } = training({ initial: 8, growthInterval: 3, options });
    // By hand from LossScaleOptimizer: growth at the third good step in a row; an overflow halves and starts anew.
    const planted = new Set([4, 5]);
    const history = Array.from({ length: 10 }, (_, i) => run(planted.has(i) ? Number.NaN : 1).scale);
    expect(history).toEqual([8, 8, 8, 16, 16, 8, 4, 4, 4, 8]);
    expect(counters()).toEqual([8, 1, 2]);
    dispose();
  });

  test('the state is in variables: what is restored goes on as it was', () => {
    const setup = { initial: 4, growthInterval: 2, options };
    const original = training(setup);
    for (const factor of [1, 1, 1, Number.NaN, 1]) original.run(factor);
    const saved = original.counters();
    const expected = [original.run().scale, original.run().scale, original.run().scale];
    original.dispose();
    const restored = training({ ...setup, initial: 1 });
    const { scale, goodSteps, skipped } = restored.lossScale.variables;
    [scale, goodSteps, skipped].forEach((variable, index) => {
      variable.assign(engine().tf.scalar(saved[index] ?? Number.NaN));
    });
    expect([restored.run().scale, restored.run().scale, restored.run().scale]).toEqual(expected);
    expect(expected).toEqual([4, 8, 8]); // 4, 8 after two, 4 after the overflow, then two good ones.
    restored.dispose();
  });
});

test('a scale that float16 cannot hold is halved until it can, and then the gradients are those without a scale', () => {
  const { run, state, counters, dispose } = training({ initial: 2 ** 20, growthInterval: 1000, half: true });
  const before = state();
  let last = run();
  let skips = 0;
  for (; last.skipped === 1; last = run()) {
    expect(state()).toEqual(before);
    expect(last.gradient.every(Number.isFinite)).toBe(false);
    skips++;
  }
  expect(skips).toBeGreaterThan(1);
  expect(counters()).toEqual([2 ** (20 - skips), 1, skips]);
  expect(state()).not.toEqual(before);
  // The gradient of mean((x·w)²), 2/4·xᵀ(x·w), in float64; float16 keeps 11 bits.
  const x = wave(4 * SIZE, 2);
  const w = before[0] ?? [];
  const rows = [0, 1, 2, 3].map((row) => x.slice(row * SIZE, (row + 1) * SIZE));
  const products = rows.map((row) => row.reduce((sum, value, at) => sum + value * (w[at] ?? 0), 0));
  last.gradient.forEach((value, at) => {
    const expected = rows.reduce((sum, row, i) => sum + 0.5 * (row[at] ?? 0) * (products[i] ?? 0), 0);
    expect(Math.abs(value - expected)).toBeLessThan(2 ** -8);
  });
  dispose();
});

test('the scale never grows beyond float32', () => {
  const { run, counters, dispose } = training({ initial: 2 ** 127, growthInterval: 1 });
  expect(run(2 ** -126)).toMatchObject({ skipped: 0 });
  expect(counters()[0]).toBe(2 ** 127);
  dispose();
});

test('the scale never shrinks to nothing, from which it could not grow', () => {
  const { run, counters, dispose } = training({ initial: 2 ** -125, growthInterval: 1 });
  for (let i = 0; i < 3; i++) run(Number.NaN);
  expect(counters()).toEqual([2 ** -126, 0, 3]);
  dispose();
});

test('settings that make no sense are refused', () => {
  for (const options of [
    { initial: 0 },
    { initial: Number.NaN },
    { growthInterval: 0 },
    { growthInterval: 1.5 },
  ])
    expect(codeOf(() => engine().lossScale(options))).toBe('INVALID_ARGUMENT');
});
