// One file, for a process has one engine. TENSORFLOW_DIR comes from the test tool.

import { beforeAll, describe, expect, test } from '@jest/globals';
import { startEngine, type Engine } from './engine.js';
import { EngineError, type EngineErrorCode } from './errors.js';
import { encodeConfig } from './precision/config.js';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';

let engine: Engine;

beforeAll(() => {
  const { TENSORFLOW_DIR: tensorflowDir } = process.env;
  if (!tensorflowDir) throw new Error('TENSORFLOW_DIR is not set: run this with "npm test -- --ring unit"');
  engine = startEngine({ tensorflowDir, intraOpThreads: 1, interOpThreads: 1 });
});

/** The code of the engine's error that `work` throws. */
function codeOf(work: () => unknown): EngineErrorCode | 'none' {
  try {
    work();
    return 'none';
  } catch (error) {
    if (error instanceof EngineError) return error.code;
    throw error;
  }
}

/** The engine still computes. */
function expectUsable(): void {
  const { tf } = engine;
  expect(tf.tidy(() => tf.tensor1d([1, 2, 3]).sum().dataSync()[0])).toBe(6);
}

/** Numbers without order, in [-1, 1]. */
const wave = (count: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.sin(3 * i + 1) + 0.1 * Math.cos(17 * i));

const EPSILON = 1e-2;

/**
 * Central differences of the sum of `f`'s squares against the engine's gradient. In float32 the difference has an
 * error of about 1e-3 of the gradient's size, so that is the tolerance.
 */
function expectGradient(shape: number[], f: (x: Tensor) => Tensor): void {
  const { tf } = engine;
  tf.tidy(() => {
    const values = wave(shape.reduce((product, length) => product * length, 1));
    const lossOf = (at: number[]): number =>
      f(tf.tensor(at, shape)).square().sum().dataSync()[0] ?? Number.NaN;
    const gradient = tf
      .grad((x: Tensor) => f(x).square().sum())(tf.tensor(values, shape))
      .dataSync();
    const scale = Math.max(...gradient.map(Math.abs));
    values.forEach((value, index) => {
      const [up, down] = [value + EPSILON, value - EPSILON].map((moved) => lossOf(values.with(index, moved)));
      const difference = ((up ?? 0) - (down ?? 0)) / (2 * EPSILON);
      expect(Math.abs((gradient[index] ?? Number.NaN) - difference)).toBeLessThan(2e-2 * Math.max(1, scale));
    });
  });
}

describe('fused ops', () => {
  test('values are those of plain arithmetic', () => {
    const { tf, ops } = engine;
    tf.tidy(() => {
      expect([...ops.relu(tf.tensor1d([-1, 0, 2])).dataSync()]).toEqual([0, 0, 2]);
      expect([...ops.biasAdd(tf.tensor2d([[1, 2]]), tf.tensor1d([10, 20])).dataSync()]).toEqual([11, 22]);
      const loss = ops.sparseSoftmaxCrossEntropy(tf.tensor2d([[1, 2, 3]]), tf.tensor1d([0], 'int32'));
      // ln(e + e² + e³) − 1, in float64.
      expect(loss.dataSync()[0]).toBeCloseTo(Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3)) - 1, 5);
      const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
      const kernel = tf.tensor4d([1, 0, 0, 1], [2, 2, 1, 1]); // Sums the diagonal of each window.
      const window = { strides: [1, 1], padding: 'valid' } as const;
      expect([...ops.conv2d(x, kernel, window).dataSync()]).toEqual([6, 8, 12, 14]);
      expect([...ops.maxPool2d(x, [2, 2], window).dataSync()]).toEqual([5, 6, 8, 9]);
    });
  });

  test('gradients are those of central differences', () => {
    const { tf, ops } = engine;
    const window = { strides: [1, 1], padding: 'same' } as const;
    const kernel = tf.tensor4d(wave(8), [2, 2, 1, 2]);
    const image = tf.tensor4d(wave(9), [1, 3, 3, 1]);
    const labels = tf.tensor1d([2, 0], 'int32');
    const bias = tf.tensor1d([0.5, -0.25]);
    expectGradient([5], (x) => ops.relu(x));
    expectGradient([3, 2], (x) => ops.biasAdd(x, bias));
    expectGradient([2], (b) => ops.biasAdd(tf.tensor2d(wave(6), [3, 2]), b as Tensor1D));
    expectGradient([2, 3], (x) => ops.sparseSoftmaxCrossEntropy(x as Tensor2D, labels));
    expectGradient([1, 3, 3, 1], (x) => ops.conv2d(x as Tensor4D, kernel, window));
    expectGradient([2, 2, 1, 2], (k) => ops.conv2d(image, k as Tensor4D, window));
    expectGradient([1, 4, 4, 1], (x) =>
      ops.maxPool2d(x as Tensor4D, [2, 2], { strides: [2, 2], padding: 'valid' }),
    );
    tf.dispose([kernel, image, labels, bias]);
  });

  test('random numbers are a function of the seed, with the moments of their distributions', () => {
    const { tf, random } = engine;
    tf.tidy(() => {
      const [a, b] = [tf.tensor1d([1, 2], 'int32'), tf.tensor1d([1, 3], 'int32')];
      const uniform = Array.from(random.statelessUniform([20_000], a).dataSync());
      expect(Array.from(random.statelessUniform([20_000], a).dataSync())).toEqual(uniform);
      expect(Array.from(random.statelessUniform([20_000], b).dataSync())).not.toEqual(uniform);
      const mean = uniform.reduce((sum, value) => sum + value, 0) / uniform.length;
      expect(Math.abs(mean - 0.5)).toBeLessThan(0.01); // Five standard errors.
      expect(Math.max(...random.statelessTruncatedNormal([5000], a).dataSync())).toBeLessThanOrEqual(2);
    });
  });
});

/** A small network, its variables, and a step of gradient descent. */
function network() {
  const { tf, ops } = engine;
  const variable = (shape: number[]): Variable =>
    tf.tidy(() => tf.variable(tf.tensor(wave(shape.reduce((a, b) => a * b, 1)), shape)));
  const variables = [variable([6, 5]), variable([5]), variable([5, 3])] as const;
  const [w1, b1, w2] = variables;
  const forward = (x: Tensor): Tensor =>
    tf.matMul(ops.relu(ops.biasAdd(tf.matMul(x, w1), b1 as Tensor as Tensor1D)), w2);
  const step = (...[x, y]: Tensor[]): Tensor[] => {
    if (!x || !y) throw new Error('a step takes two inputs');
    const loss = () =>
      ops
        .sparseSoftmaxCrossEntropy(forward(x) as Tensor2D, y as Tensor1D)
        .mean()
        .asScalar();
    const { value, grads } = tf.variableGrads(loss, [...variables]);
    for (const weight of variables) weight.assign(weight.sub((grads[weight.name] ?? weight).mul(0.1)));
    return [value];
  };
  const inputs = [tf.tensor2d(wave(24), [4, 6]), tf.tensor1d([0, 1, 2, 0], 'int32')];
  const dispose = (): void => {
    tf.dispose([...variables, ...inputs]);
  };
  return { variables: [...variables], step, inputs, dispose };
}

/** The number that a step returned; its tensor is freed. */
function take([loss]: Tensor[]): number {
  const value = loss?.dataSync()[0] ?? Number.NaN;
  loss?.dispose();
  return value;
}

describe('captured steps', () => {
  test('give the losses of the same ops one by one, and free what they made', async () => {
    const { tf } = engine;
    const before = engine.liveTensors();
    const eager = network();
    const expected = Array.from({ length: 20 }, () => take(tf.tidy(() => eager.step(...eager.inputs))));
    eager.dispose();
    expect(expected.every(Number.isFinite)).toBe(true);
    const captured = network();
    const step = engine.captureStep(captured.step, captured);
    const losses = [take(step.run(...captured.inputs))]; // tfjs uploads the inputs at their first use.
    const during = engine.liveTensors();
    for (let i = 1; i < 20; i++)
      losses.push(take(i % 2 === 0 ? step.run(...captured.inputs) : await step.runAsync(...captured.inputs)));
    losses.forEach((loss, index) => {
      expect(loss).toBeCloseTo(expected[index] ?? Number.NaN, 5);
    });
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
    for (let i = 0; i < 200; i++) take(step.run(...captured.inputs));
    expect(engine.liveTensors()).toBe(during);
    step.dispose();
    captured.dispose();
    expect(engine.liveTensors()).toBe(before);
  });

  test('bfloat16 stays near float32 without being it', () => {
    const lossesIn = (precision: 'float32' | 'bfloat16'): number[] => {
      const { variables, step, inputs, dispose } = network();
      const captured = engine.captureStep(step, { variables, inputs, precision });
      const losses = Array.from({ length: 5 }, () => take(captured.run(...inputs)));
      captured.dispose();
      dispose();
      return losses;
    };
    const [single, half] = [lossesIn('float32'), lossesIn('bfloat16')];
    half.forEach((loss, index) => {
      expect(Math.abs(loss - (single[index] ?? 0))).toBeLessThan(0.02 * Math.abs(single[index] ?? 0));
    });
    expect(half).not.toEqual(single);
  });

  test('refuse a second call while one runs', async () => {
    const { variables, step, inputs, dispose } = network();
    const captured = engine.captureStep(step, { variables, inputs });
    const running = captured.runAsync(...inputs);
    expect(codeOf(() => captured.run(...inputs))).toBe('STEP_BUSY');
    take(await running);
    captured.dispose();
    dispose();
    expectUsable();
  });
});

describe('mistakes', () => {
  test('are typed, and leave the engine usable', () => {
    const { tf } = engine;
    const x = tf.tensor2d(wave(6), [2, 3]);
    const large = tf.tensor1d(wave(100));
    const capture = (step: (input: Tensor) => Tensor): EngineErrorCode | 'none' =>
      codeOf(() => engine.captureStep((input = x) => [step(input)], { inputs: [x], variables: [] }));
    expect(capture((input) => tf.scalar(input.dataSync()[0] ?? 0))).toBe('VALUE_READ_IN_CAPTURE');
    expect(capture(() => large.add(1))).toBe('LARGE_CONSTANT');
    expect(
      capture((input) => engine.captureStep(() => [input], { inputs: [], variables: [] }).run()[0] ?? input),
    ).toBe('CAPTURE_IN_PROGRESS');
    expectUsable();
    tf.dispose([x, large]);
  });

  test('of TensorFlow carry its message and the op', () => {
    const { tf } = engine;
    const labels = tf.tensor1d([7], 'int32');
    const logits = tf.tensor2d([[1, 2]]);
    expect(() => engine.ops.sparseSoftmaxCrossEntropy(logits, labels)).toThrow(
      /SparseSoftmaxCrossEntropyWithLogits.*label value of 7/s,
    );
    tf.dispose([labels, logits]);
    expectUsable();
  });

  test('of starting are told', () => {
    expect(codeOf(() => startEngine({ tensorflowDir: '/nowhere' }))).toBe('ALREADY_STARTED');
  });
});

test('the configuration is encoded as protobuf encodes it', () => {
  // Python: config_pb2.ConfigProto(intra_op_parallelism_threads=2, inter_op_parallelism_threads=300), and
  // graph_options.rewrite_options.auto_mixed_precision_onednn_bfloat16 = ON, by the rules of the wire format:
  // field 2 varint 2; field 5 varint 300; field 10 { field 10 { field 31 varint 1 } }.
  expect(encodeConfig({ intraOpThreads: 2, interOpThreads: 300 }).toString('hex')).toBe('100228ac02');
  expect(encodeConfig({ bfloat16: true }).toString('hex')).toBe('52055203f80101');
  expect(encodeConfig({}).length).toBe(0);
});
