import { describe, expect, test } from '@jest/globals';
import { readExpression } from '../expression.js';
import { planFor } from '../shapes/plan.js';
import { neededFor } from '../program/steps.js';
import { erf } from '../program/erf.js';
import { sumTo, type HostArray } from './array.js';
import { evaluateOnHost } from './evaluate.js';
import { drawPoint, POINT_KINDS } from './points.js';
import { definitionOf } from '../../testing/expression.js';

/** The value of a formula over inputs, whose first axis is the batch. */
function valueOf(formula: string, leaves: Readonly<Record<string, HostArray>>): [number[], number[]] {
  const read = readExpression(definitionOf({ inputs: Object.keys(leaves), formula }));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const { program } = read.expression;
  const shapes = Object.entries(leaves).map(([name, { shape }]) => [name, shape.slice(1)] as const);
  const plan = planFor(program, { inputs: new Map(shapes), parameters: new Map() });
  const results = evaluateOnHost(
    plan,
    neededFor(program.steps, [program.output]),
    new Map(Object.entries(leaves)),
  );
  const result = results[program.output];
  return [[...(result?.shape ?? [])], [...(result?.data ?? [])]];
}
const array = (shape: number[], ...values: number[]): HostArray => ({
  shape,
  data: Float64Array.from(values),
});
const a = array([2, 3], 1, -2, 3, 0.5, 0, -0.25);

describe('values by plain arithmetic', () => {
  test.each<[string, number[], number[]]>([
    ['a + 1', [2, 3], [2, -1, 4, 1.5, 1, 0.75]],
    ['2 * a - a / 4', [2, 3], [1.75, -3.5, 5.25, 0.875, 0, -0.4375]],
    ['-a ^ 2', [2, 3], [-1, -4, -9, -0.25, -0, -0.0625]],
    ['a > 0', [2, 3], [1, 0, 1, 1, 0, 0]],
    ['a >= 0', [2, 3], [1, 0, 1, 1, 1, 0]],
    ['a == 0', [2, 3], [0, 0, 0, 0, 1, 0]],
    ['where(a < 0, 10, a)', [2, 3], [1, 10, 3, 0.5, 0, 10]],
    ['clip(a, -1, 2)', [2, 3], [1, -1, 2, 0.5, 0, -0.25]],
    ['round(a)', [2, 3], [1, -2, 3, 0, 0, -0]], // Half to even.
    ['round(a + 1)', [2, 3], [2, -1, 4, 2, 1, 1]],
    ['sum(a, axis=-1)', [2], [2, 0.25]],
    ['sum(a)', [2], [2, 0.25]],
    ['mean(a, axis=1, keepdims=true)', [2, 1], [2 / 3, 0.25 / 3]],
    ['max(a)', [2], [3, 0.5]],
    ['min(a)', [2], [-2, -0.25]],
    ['max(a, 0.25)', [2, 3], [1, 0.25, 3, 0.5, 0.25, 0.25]],
    ['variance(a)', [2], [38 / 9, ((0.5 - 1 / 12) ** 2 + (1 / 12) ** 2 + (1 / 3) ** 2) / 3]],
    ['reshape(a, [3, 1])', [2, 3, 1], [1, -2, 3, 0.5, 0, -0.25]],
    ['concat(a, -a)', [2, 6], [1, -2, 3, -1, 2, -3, 0.5, 0, -0.25, -0.5, -0, 0.25]],
    [
      'matmul(reshape(a, [3, 1]), reshape(a, [1, 3]))',
      [2, 3, 3],
      [1, -2, 3, -2, 4, -6, 3, -6, 9, 0.25, 0, -0.125, 0, 0, -0, -0.125, -0, 0.0625],
    ],
    [
      'transpose(concat(reshape(a, [1, 3]), reshape(2 * a, [1, 3]), axis=1))',
      [2, 3, 2],
      [1, 2, -2, -4, 3, 6, 0.5, 1, 0, 0, -0.25, -0.5],
    ],
    ['features * a', [2, 3], [3, -6, 9, 1.5, 0, -0.75]],
    ['straightThrough(round(a), a)', [2, 3], [1, -2, 3, 0, 0, -0]],
    ['u = a * a; v = u + 1; v * u', [2, 3], [2, 20, 90, 0.3125, 0, 0.0625 * 1.0625]],
  ])('%s', (formula, shape, values) => {
    const [actualShape, actual] = valueOf(formula, { a });
    expect(actualShape).toEqual(shape);
    expect(actual).toHaveLength(values.length);
    actual.forEach((value, index) => {
      expect(value).toBeCloseTo(values[index] ?? NaN, 14);
    });
  });

  test('softmax, logSoftmax and l2Normalize, over the last axis and another', () => {
    const powers = [Math.E, Math.exp(-2), Math.exp(3)];
    const sum = powers.reduce((total, power) => total + power, 0);
    const [, softmax] = valueOf('softmax(a)', { a });
    powers.forEach((power, index) => {
      expect(softmax[index]).toBeCloseTo(power / sum, 14);
    });
    const [, logarithms] = valueOf('logSoftmax(a)', { a });
    powers.forEach((power, index) => {
      expect(logarithms[index]).toBeCloseTo(Math.log(power / sum), 14);
    });
    const b = array([1, 2, 2], 3, 1, 4, 0);
    expect(valueOf('l2Normalize(b, axis=1)', { b })).toEqual([
      [1, 2, 2],
      [0.6, 1, 0.8, 0],
    ]);
  });

  test('rows are brought to each other from the last axis on', () => {
    const b = array([2, 2, 1], 10, 20, 30, 40);
    const c = array([2, 1, 3], 1, 2, 3, 4, 5, 6);
    expect(valueOf('b + c', { b, c })).toEqual([
      [2, 2, 3],
      [11, 12, 13, 21, 22, 23, 34, 35, 36, 44, 45, 46],
    ]);
  });

  // By Python's math.erf.
  test.each([
    [0, 0],
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [3.5, 0.9999992569016276],
    [-1, -0.8427007929497149],
    [Infinity, 1],
  ])('erf(%d)', (x, value) => {
    expect(erf(x)).toBeCloseTo(value, 14);
  });

  test('a sum undoes what was broadcast', () => {
    const from = array([2, 3], 1, 2, 3, 4, 5, 6);
    expect([...sumTo(from, []).data]).toEqual([21]);
    expect([...sumTo(from, [3]).data]).toEqual([5, 7, 9]);
    expect([...sumTo(from, [2, 1]).data]).toEqual([6, 15]);
  });

  test('points are the same each time, in their range, and no two are the same', () => {
    const first = POINT_KINDS.map((kind) => [...drawPoint(kind, [50], 3, 1).data]);
    expect(POINT_KINDS.map((kind) => [...drawPoint(kind, [50], 3, 1).data])).toEqual(first);
    const all = first.flat();
    expect(new Set(all).size).toBe(all.length);
    const [signed = [], , positive = []] = first;
    expect(Math.min(...signed)).toBeLessThan(-1);
    expect(Math.max(...signed)).toBeGreaterThan(1);
    expect(positive.every((value) => value >= 0.2 && value < 1.8)).toBe(true);
  });
});

test('reductions over 200,000 values', () => {
  const size = 200_000;
  const long = { shape: [1, size], data: Float64Array.from({ length: size }, (_, at) => at / size) };
  expect(valueOf('max(a)', { a: long })[1]).toEqual([(size - 1) / size]);
  expect(valueOf('min(a)', { a: long })[1]).toEqual([0]);
  // A softmax of n equal values is 1 / n everywhere.
  const equal = { shape: [1, size], data: new Float64Array(size) };
  expect(valueOf('sum(softmax(a) * a + softmax(a))', { a: equal })[1][0]).toBeCloseTo(1, 9);
  expect(valueOf('max(logSoftmax(a))', { a: equal })[1][0]).toBeCloseTo(-Math.log(size), 9);
});
