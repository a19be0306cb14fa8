import { describe, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs';
import type { CapturedStep } from '../capture/step.js';
import type { Executor } from '../executor/executor.js';
import { useEngine, wave } from '../testing.js';
import { unpackStatistics, type GroupStatistics } from './layout.js';

const engine = useEngine();

/** The same in float64, from the values as float32 has them. */
function expected(
  name: string,
  values: readonly number[],
  updateRatio: number | null = null,
): GroupStatistics {
  const all = Array.from(Float32Array.from(values));
  const finite = all.filter(Number.isFinite);
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const mean = sum(finite) / finite.length;
  const some = finite.length > 0;
  const histogram = Array.from({ length: 64 }, () => 0);
  for (const value of finite.map(Math.abs)) {
    if (value === 0) continue;
    const bin = histogram.findLastIndex((_, i) => i === 0 || value >= 2 ** (i - 47));
    histogram[bin] = (histogram[bin] ?? 0) + 1;
  }
  return {
    name,
    norm: Math.sqrt(sum(finite.map((value) => value * value))),
    updateRatio,
    elements: all.length,
    mean: some ? mean : null,
    std: some ? Math.sqrt(sum(finite.map((value) => (value - mean) ** 2)) / finite.length) : null,
    min: some ? Math.min(...finite) : null,
    max: some ? Math.max(...finite) : null,
    zeros: all.filter((value) => value === 0).length,
    zeroFraction: all.length === 0 ? 0 : all.filter((value) => value === 0).length / all.length,
    nonFinite: all.length - finite.length,
    histogram,
  };
}

/** Equal: counts exactly, all else within 1e-5 of the largest magnitude, for the sums are float32. */
function compare(found: readonly GroupStatistics[], wanted: readonly GroupStatistics[]): void {
  const scale = (group: GroupStatistics): number =>
    Math.max(Math.abs(group.min ?? 0), Math.abs(group.max ?? 0), group.norm, 1e-30);
  const rounded = (group: GroupStatistics, like: GroupStatistics): unknown => ({
    ...group,
    ...Object.fromEntries(
      (['norm', 'mean', 'std', 'min', 'max', 'updateRatio'] as const).map((key) => {
        const [value, other] = [group[key], like[key]];
        const unit = key === 'updateRatio' ? 1 : scale(like);
        const close = value !== null && other !== null && Math.abs(value - other) <= 1e-5 * unit;
        return [key, close ? other : value];
      }),
    ),
  });
  expect(found.map((group, index) => rounded(group, wanted[index] ?? group))).toEqual(wanted);
}

const SPECIAL = {
  plain: wave(300),
  shifted: wave(200).map((value) => 100 + value / 100),
  // Bounds of bins, and the numbers next to them.
  bounds: [-46, -45, -1, 0, 1, 15, 16, 17].flatMap((e) => [2 ** e, -(2 ** e), 2 ** e * (1 - 2 ** -24)]),
  tiny: [2 ** -149, -(2 ** -140), 2 ** -126, 2 ** -47, 0, -0, 1],
  broken: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3, -4, 0],
  allBroken: [Number.NaN, Number.NEGATIVE_INFINITY],
  zeros: [0, 0, -0],
};

/** A step that was to be compiled, and was not, would test nothing new. */
const expectNoFallback = ({ receipts }: CapturedStep): void => {
  expect(receipts.every(({ fallback }) => fallback === null)).toBe(true);
};

const read = (tensor: Tensor | undefined): Float32Array =>
  tensor?.dataSync<'float32'>() ?? new Float32Array();

describe.each(['captured', 'eager', 'xla'] as const)('statistics (%s)', (executor: Executor) => {
  test('are those of float64, with special values counted and bounds exact', () => {
    const { tf } = engine();
    const names = Object.keys(SPECIAL);
    const lists = Object.values(SPECIAL);
    const step = engine().capture(
      (...inputs) => [
        engine().statistics(
          inputs.map((input) => ({ gradients: [input] })),
          { level: 'full' },
        ),
      ],
      { executor },
    );
    const [packed] = step.run(...lists.map((values) => tf.tensor1d(values)));
    compare(
      unpackStatistics(read(packed), names, 'full'),
      lists.map((values, index) => expected(names[index] ?? '', values)),
    );
    expectNoFallback(step);
    step.dispose();
  });

  test('of a group are those of all its tensors; groups may be empty', () => {
    const { tf } = engine();
    const [a, b, c] = [wave(6, 1), wave(4, 2), wave(1, 3)];
    const groups = (inputs: Tensor[]) => [
      { gradients: inputs.slice(0, 2) },
      { gradients: [] },
      { gradients: [tf.zeros([0, 3])] },
      { gradients: inputs.slice(2) },
    ];
    const step = engine().capture(
      (...inputs) => [
        engine().statistics(groups(inputs), { level: 'full' }),
        engine().statistics(groups(inputs)),
        engine().statistics([], { level: 'full' }),
      ],
      { executor },
    );
    const results = step.run(tf.tensor2d(a, [2, 3]), tf.tensor1d(b), tf.scalar(c[0] ?? 0));
    const names = ['ab', 'none', 'flat', 'c'];
    const wanted = [[...a, ...b], [], [], c].map((values, i) => expected(names[i] ?? '', values));
    compare(unpackStatistics(read(results[0]), names, 'full'), wanted);
    const norms = unpackStatistics(read(results[1]), names, 'norms');
    norms.forEach(({ norm }, index) => {
      expect(Math.abs(norm - (wanted[index]?.norm ?? Number.NaN))).toBeLessThan(1e-6);
    });
    expect(unpackStatistics(read(results[2]), [], 'full')).toEqual([]);
    expectNoFallback(step);
    step.dispose();
  });
});

/** A linear model [4, 6] → 1 whose gradient is known in float64: L = mean((x·w)²), ∂w = ½·xᵀ(x·w). */
function linear() {
  const { tf } = engine();
  const [x, w] = [Array.from(Float32Array.from(wave(24, 2))), Array.from(Float32Array.from(wave(6)))];
  const rows = [0, 1, 2, 3].map((row) => x.slice(row * 6, row * 6 + 6));
  const products = rows.map((row) => row.reduce((sum, value, at) => sum + value * (w[at] ?? 0), 0));
  const gradient = w.map((_, at) =>
    rows.reduce((sum, row, i) => sum + 0.5 * (row[at] ?? 0) * (products[i] ?? 0), 0),
  );
  const weight = engine().variable(tf.tensor2d(w, [6, 1]));
  const loss = (input: Tensor): Tensor => input.matMul(weight).square().mean();
  return { input: tf.tensor2d(x, [4, 6]), w, weight, loss, gradient };
}

test('before clipping, after it, and unscaled under a loss scale, they are those of the gradients', () => {
  const { tf, updates } = engine();
  const { input, w, weight, loss, gradient } = linear();
  const lossScale = engine().lossScale({ initial: 2 ** 10 });
  const LIMIT = 0.25;
  const RATE = 0.125;
  const step = engine().capture((x) => {
    const { grads } = tf.variableGrads(() => lossScale.scale(loss(x)), [weight]);
    const unscaled = lossScale.unscale([grads[weight.name] ?? x]);
    const clipped = unscaled.gradients.map((g) => g.mul(tf.minimum(tf.div(LIMIT, g.norm()), 1)));
    const weights = [weight.clone()];
    const changes = engine().updatesOf([weight], () => {
      lossScale.update(unscaled.finite, () => {
        for (const g of clipped) updates.gradientDescent(weight, g, RATE);
      });
    });
    const groups = [unscaled.gradients, clipped].map((gradients) => ({
      gradients,
      updates: changes,
      weights,
    }));
    return [engine().statistics(groups, { level: 'full' }), engine().statistics(groups)];
  });
  const [full, norms] = step.run(input);
  const length = Math.hypot(...gradient);
  expect(length).toBeGreaterThan(LIMIT);
  const clipped = gradient.map((value) => (value * LIMIT) / length);
  const ratio = (RATE * LIMIT) / Math.hypot(...w);
  compare(unpackStatistics(read(full), ['before', 'after'], 'full'), [
    expected('before', gradient, ratio),
    expected('after', clipped, ratio),
  ]);
  const [before, after] = unpackStatistics(read(norms), ['before', 'after'], 'norms');
  expect(before?.norm).toBeCloseTo(length, 5);
  expect(after?.norm).toBeCloseTo(LIMIT, 6);
  expect(after?.updateRatio).toBeCloseTo(ratio, 6);
  step.dispose();
  lossScale.dispose();
  weight.dispose();
});

test('norms are not finite where an element is not, and a ratio to nothing is none', () => {
  const { tf } = engine();
  const zero = tf.zeros([2]);
  const packed = engine().statistics([
    { gradients: [tf.tensor1d([1, Number.NaN])] },
    { gradients: [tf.tensor1d([1, Number.POSITIVE_INFINITY])] },
    { gradients: [tf.tensor1d([3, 4])], updates: [zero], weights: [zero] },
    { gradients: [], updates: [tf.tensor1d([3, 4])], weights: [tf.tensor1d([0, 10])] },
  ]);
  expect(unpackStatistics(read(packed), ['nan', 'infinite', 'still', 'moved'], 'norms')).toEqual([
    { name: 'nan', norm: Number.NaN, updateRatio: null },
    { name: 'infinite', norm: Number.POSITIVE_INFINITY, updateRatio: null },
    { name: 'still', norm: 5, updateRatio: null },
    { name: 'moved', norm: 0, updateRatio: 0.5 },
  ]);
});

test('numbers of another layout are refused', () => {
  expect(() => unpackStatistics([1, 2, 3], ['a'], 'norms')).toThrow(RangeError);
  expect(() => unpackStatistics([1, 2], ['a'], 'full')).toThrow('1 groups, which take 73 each');
});
