import { describe, expect, test } from '@jest/globals';
import type { Rank, Tensor, Tensor1D, Tensor3D, Tensor4D, Variable } from '@tensorflow/tfjs';
import type { EngineError } from '../errors.js';
import { codeOf, useEngine, wave } from '../testing.js';

const engine = useEngine();

/** The digits of a float64 as three float32: the upper 24 bits of each number split off, exactly (Dekker 1971). */
function digits(x: Tensor): Tensor[] {
  const upper = (y: Tensor): Tensor => {
    const scaled = y.mul(2 ** 29).add(y);
    return scaled.sub(scaled.sub(y));
  };
  const [high, rest] = [upper(x), x.sub(upper(x))];
  return [high, upper(rest), rest.sub(upper(rest))];
}

/** Runs a step once in float64, and gives all digits of its only output. */
function exact(step: (...inputs: Tensor[]) => Tensor, ...inputs: Tensor[]): number[] {
  const captured = engine().capture((...given) => digits(step(...given)), { precision: 'float64' });
  const parts = captured.run(...inputs).map((part) => [...part.dataSync()]);
  captured.dispose();
  return (parts[0] ?? []).map((high, at) => (parts[2]?.[at] ?? 0) + (parts[1]?.[at] ?? 0) + high);
}

/** What float32 holds of numbers. */
const rounded = (values: readonly number[]): number[] => values.map(Math.fround);

function expectClose(found: readonly number[], wanted: readonly number[], tolerance: number): void {
  expect(found).toHaveLength(wanted.length);
  found.forEach((value, at) => {
    const other = wanted[at] ?? Number.NaN;
    expect(Math.abs(value - other)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(other)));
  });
}

describe('a step in float64', () => {
  test('computes with all digits of inputs, variables and constants', () => {
    const { tf } = engine();
    const variable = engine().variable(tf.tensor1d(wave(5, 2)));
    const found = exact(
      (x) =>
        x
          .mul(variable)
          .add(tf.tensor1d([0.1, 3, 5, 7, 9]))
          .exp(),
      tf.tensor1d(wave(5)),
    );
    const [x, w, c] = [rounded(wave(5)), rounded(wave(5, 2)), rounded([0.1, 3, 5, 7, 9])];
    const wanted = x.map((value, at) => Math.exp(value * (w[at] ?? 0) + (c[at] ?? 0)));
    expectClose(found, wanted, 1e-15);
    expect(wanted.some((value, at) => Math.abs((found[at] ?? 0) - Math.fround(value)) > 1e-8)).toBe(true);
    variable.dispose();
  });

  test('gives gradients with all digits, of a variable and through a condition', () => {
    const { tf } = engine();
    const w = engine().variable(tf.tensor1d(wave(4, 3)));
    const found = exact(
      (x) => {
        const { grads } = tf.variableGrads(() => x.mul(w).tanh().sum().asScalar(), [w]);
        const [chosen] = engine().condition(
          x.sum().greater(-100),
          () => [grads[w.name]?.mul(x) ?? x],
          () => [x],
        );
        return chosen ?? x;
      },
      tf.tensor1d(wave(4)),
    );
    const weights = rounded(wave(4, 3));
    const wanted = rounded(wave(4)).map((value, at) => {
      const y = Math.tanh(value * (weights[at] ?? 0));
      return value * value * (1 - y * y);
    });
    expectClose(found, wanted, 1e-15);
    w.dispose();
  });

  test('draws the random numbers of float32', () => {
    const { tf, random } = engine();
    const seed = tf.tensor1d([3, 4], 'int32');
    const found = exact((given) => random.statelessUniform([6], given as Tensor1D), seed);
    expect(found).toEqual([...random.statelessUniform([6], seed).dataSync()]);
  });

  test('several steps a call have slices of the inputs, stacked', () => {
    const { tf } = engine();
    const step = engine().capture((x) => [x.square().sum()], { precision: 'float64', stepsPerCall: 3 });
    const [sums] = step.run(tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]));
    expect([...(sums?.dataSync() ?? [])]).toEqual([5, 25, 61]);
    step.dispose();
  });

  test('replaces fused ops by plain ones', () => {
    const { tf, ops } = engine();
    const [scale, offset] = [tf.tensor1d([1.5, 0.5]), tf.tensor1d([0.25, -1])];
    const x = tf.tensor2d(wave(12), [6, 2]);
    const normalized = (input: Tensor): Tensor =>
      ops.batchNormTraining(input, scale, offset, 2 ** -10).output;
    const columns = [0, 1].map((column) => rounded(wave(12)).filter((_, at) => at % 2 === column));
    const moments = columns.map((values) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / 6;
      return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 6 };
    });
    const wanted = rounded(wave(12)).map((value, at) => {
      const { mean, variance } = moments[at % 2] ?? { mean: 0, variance: 0 };
      return (
        ((value - mean) / Math.sqrt(variance + 2 ** -10)) * ([1.5, 0.5][at % 2] ?? 0) +
        ([0.25, -1][at % 2] ?? 0)
      );
    });
    expectClose(exact(normalized, x), wanted, 1e-13);
    expectClose([...normalized(x).dataSync()], wanted, 1e-5);
    const inferred = (input: Tensor): Tensor =>
      ops.batchNormInference(input, { mean: offset, variance: scale }, scale, offset, 2 ** -10);
    expectClose(exact(inferred, x), [...inferred(x).dataSync()], 1e-6);

    const weights = {
      kernel: tf.tensor2d(wave(24), [2, 12]),
      recurrentKernel: tf.tensor2d(wave(36, 2), [3, 12]),
      bias: tf.tensor1d(wave(12, 3)),
    };
    const lstm = (input: Tensor): Tensor => ops.lstm(input.reshape<Tensor3D>([2, 3, 2]), weights).sequence;
    expectClose(exact(lstm, x), [...lstm(x).dataSync()], 1e-6);
  });

  test('has convolution and pooling', () => {
    const { tf, ops } = engine();
    const x = tf.tensor4d(wave(32), [1, 4, 4, 2]);
    const kernel = tf.tensor4d(wave(36, 2), [3, 3, 2, 2]);
    const pooled = (input: Tensor): Tensor =>
      ops.maxPool2d(ops.conv2d(input as Tensor4D, kernel, { strides: [1, 1], padding: 'same' }), [2, 2], {
        strides: [2, 2],
        padding: 'valid',
      });
    expectClose(exact(pooled, x), [...pooled(x).dataSync()], 1e-6);
  });
});

describe('is refused', () => {
  const refusal = (step: () => Tensor[]): EngineError => {
    const captured = engine().capture(() => engine().scope('layer', step), { precision: 'float64' });
    try {
      captured.run();
      throw new Error('the step is refused');
    } catch (error) {
      return error as EngineError;
    } finally {
      captured.dispose();
    }
  };

  test('what changes a variable', () => {
    const { tf, updates } = engine();
    const variable: Variable = engine().variable(tf.ones([2]));
    const assigned = refusal(() => {
      variable.assign(tf.zeros([2]));
      return [];
    });
    expect(assigned).toMatchObject({ code: 'NOT_SUPPORTED', op: 'AssignVariableOp', layer: 'layer' });
    const updated = refusal(() => {
      updates.gradientDescent(variable, tf.ones([2]), 1);
      return [];
    });
    expect(updated).toMatchObject({ code: 'NOT_SUPPORTED', op: 'ResourceApplyGradientDescent' });
    expect([...variable.dataSync()]).toEqual([1, 1]);
    variable.dispose();
  });

  test('an op that has no kernel for it, or is float32 by definition', () => {
    const { tf } = engine();
    const image = tf.ones<Rank.R4>([1, 2, 2, 1]);
    const local = refusal(() => [tf.localResponseNormalization(image)]);
    expect(local).toMatchObject({ code: 'NOT_SUPPORTED', op: 'LRN', layer: 'layer' });
    const resized = refusal(() => [tf.image.resizeBilinear(image, [4, 4])]);
    expect(resized).toMatchObject({ code: 'NOT_SUPPORTED', op: 'ResizeBilinear' });
    expect(resized.message).toMatch(/float32 at most/);
  });

  test('another executor', () => {
    for (const executor of ['eager', 'xla'] as const)
      expect(codeOf(() => engine().capture((x) => [x], { precision: 'float64', executor }))).toBe(
        'INVALID_ARGUMENT',
      );
  });
});
