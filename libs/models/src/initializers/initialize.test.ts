import { describe, expect, test } from '@jest/globals';
import { useEngine } from '../testing/engine.js';
import { fans, initialValue } from './initialize.js';
import { initializerSchema } from './initializer.js';

const get = useEngine();

/** Values that an initializer gives to a shape. */
function drawn(given: unknown, shape: number[], seed: readonly [number, number] = [1, 2]): number[] {
  const value = initialValue(get(), initializerSchema.parse(given), shape, seed);
  return Array.from(value.dataSync());
}
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]): number => {
  const center = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
};
const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

test('fans are those of the shape, or of the axes that are named', () => {
  expect(fans([64, 128])).toEqual({ fanIn: 64, fanOut: 128 });
  expect(fans([3, 3, 16, 32])).toEqual({ fanIn: 144, fanOut: 288 });
  expect(fans([7])).toEqual({ fanIn: 7, fanOut: 7 });
  expect(fans([5, 6, 7], { inputAxes: [0], outputAxes: [1, 2] })).toEqual({ fanIn: 5, fanOut: 42 });
});

describe('spreads are those of the papers', () => {
  const shape = [200, 300];
  test.each([
    ['glorot_uniform', Math.sqrt(2 / 500), Math.sqrt(6 / 500)],
    ['glorot_normal', Math.sqrt(2 / 500), Infinity],
    ['he_uniform', Math.sqrt(2 / 200), Math.sqrt(6 / 200)],
    ['he_normal', Math.sqrt(2 / 200), Infinity],
    ['lecun_uniform', Math.sqrt(1 / 200), Math.sqrt(3 / 200)],
    ['lecun_normal', Math.sqrt(1 / 200), Infinity],
    ['random_normal', 0.05, Infinity],
    // A normal cut at two standard deviations has 0.8796 of its own.
    ['truncated_normal', 0.05 * 0.8796, 0.1],
    ['random_uniform', 0.05 / Math.sqrt(3), 0.05],
    [{ class_name: 'VarianceScaling', config: { scale: 3, mode: 'fan_out' } }, Math.sqrt(3 / 300), Infinity],
  ])('%j', (given, expected, limit) => {
    const values = drawn(given, shape);
    expect(Math.abs(deviation(values) / expected - 1)).toBeLessThan(0.02);
    expect(Math.abs(mean(values))).toBeLessThan(0.02 * expected);
    expect(most(values)).toBeLessThanOrEqual(Math.fround(limit));
  });
});

test('constants are what they are called', () => {
  expect(drawn('zeros', [3])).toEqual([0, 0, 0]);
  expect(drawn('ones', [2])).toEqual([1, 1]);
  expect(drawn({ class_name: 'Constant', config: { value: 0.5 } }, [2])).toEqual([0.5, 0.5]);
  expect(drawn({ class_name: 'Identity', config: { gain: 2 } }, [2, 3])).toEqual([2, 0, 0, 0, 2, 0]);
});

test.each([
  [[6, 4], 4],
  [[4, 6], 4],
  [[2, 3, 4], 4],
])('orthogonal %j has orthonormal vectors along its shorter side, times the gain', (shape, count) => {
  const values = drawn({ class_name: 'Orthogonal', config: { gain: 3 } }, shape);
  const columns = shape.at(-1) ?? 1;
  const rows = values.length / columns;
  const vector = (index: number): number[] =>
    rows < columns
      ? values.slice(index * columns, (index + 1) * columns)
      : Array.from({ length: rows }, (_, row) => values[row * columns + index] ?? 0);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      const dot = vector(i).reduce((sum, value, at) => sum + value * (vector(j)[at] ?? 0), 0);
      expect(dot).toBeCloseTo(i === j ? 9 : 0, 5);
    }
  }
});

test.each(['glorot_uniform', 'orthogonal'])('%s is a function of the seed', (name) => {
  expect(drawn(name, [5, 4])).toEqual(drawn(name, [5, 4]));
  expect(drawn(name, [5, 4])).not.toEqual(drawn(name, [5, 4], [1, 3]));
});
