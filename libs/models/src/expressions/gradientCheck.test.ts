import { describe, expect, test } from '@jest/globals';
import type { Shape } from '../layers/layer.js';
import { definitionOf } from '../testing/expression.js';
import { readExpression } from './expression.js';
import { checkGradients, gradientProblem } from './gradientCheck.js';

type Given = Parameters<typeof definitionOf>[0];
function expressionOf(given: Given) {
  const read = readExpression(definitionOf(given));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.expression;
}
const check = (given: Given, ...shapes: Shape[]) => checkGradients(expressionOf(given), shapes);
const parameter = (...shape: (number | string)[]) => ({ shape, initializer: 'zeros' });

describe('right gradients', () => {
  test.each<[string, Given, Shape[]]>([
    [
      'a product',
      { inputs: ['x', 'y'], formula: 'x * y', backward: { x: 'gradient * y', y: 'gradient * x' } },
      [[4], [4]],
    ],
    [
      'swish, with a name for a part and the output',
      {
        inputs: ['x'],
        parameters: { beta: parameter() },
        let: [{ name: 's', formula: 'sigmoid(beta * x)' }],
        formula: 'x * s',
        backward: { x: 'gradient * (s + beta * output * (1 - s))', beta: 'gradient * x * output * (1 - s)' },
      },
      [[5]],
    ],
    [
      'log, which is finite for positive values alone',
      { inputs: ['x'], formula: 'log(x)', backward: { x: 'gradient / x' } },
      [[3]],
    ],
    ['a kink', { inputs: ['x'], formula: 'max(x, 0.5)', backward: { x: 'gradient * (x > 0.5)' } }, [[8]]],
    [
      'matrices whose lengths are settings, 512 by 1024',
      {
        inputs: ['x'],
        parameters: { w: parameter('features', 'units'), b: parameter('units') },
        config: { units: 1024 },
        formula: 'matmul(x, w) + b',
        backward: { x: 'matmul(gradient, transpose(w))', w: 'matmul(transpose(x), gradient)', b: 'gradient' },
      },
      [[512]],
    ],
    [
      'softmax over the last axis',
      {
        inputs: ['x'],
        formula: 'softmax(x)',
        backward: { x: 'output * (gradient - sum(gradient * output, axis=-1, keepdims=true))' },
      },
      [[2, 4]],
    ],
  ])('%s', (_, given, shapes) => {
    const outcome = check(given, ...shapes);
    expect(outcome).toMatchObject({ verdict: 'right', points: 3 });
    if (outcome.verdict === 'right') expect(outcome.worst).toBeLessThan(1e-7);
    expect(gradientProblem(expressionOf(given), shapes).problem).toBeNull();
  });

  test('nothing to check', () => {
    expect(check({ inputs: ['x'], formula: 'x * x' }, [3])).toEqual({ verdict: 'automatic' });
    expect(check({ inputs: ['x'], formula: 'round(x)', backward: 'straightThrough' }, [3])).toEqual({
      verdict: 'exempt',
      reason: 'straightThrough',
    });
  });
});

describe('wrong gradients', () => {
  test('the first wrong element of the first name is found', () => {
    const outcome = check(
      {
        inputs: ['x', 'y'],
        formula: 'x * x * y',
        backward: { x: 'gradient * 2 * x * y', y: 'gradient * x' },
      },
      [2],
      [2],
    );
    expect(outcome).toMatchObject({ verdict: 'wrong', first: { name: 'y', index: [0, 0] } });
    if (outcome.verdict !== 'wrong') return;
    const { expected, given: found, relativeError } = outcome.first;
    // d(x²y)/dy is x times what was given.
    expect(relativeError).toBeGreaterThan(1e-3);
    expect(Math.abs(expected)).not.toBeCloseTo(Math.abs(found), 3);
  });

  test('one wrong element among right ones', () => {
    // The last column gets what is right, plus one.
    const outcome = check(
      {
        inputs: ['x'],
        formula: 'x * x',
        backward: {
          x: '2 * gradient * x + concat(0 * sum(x, axis=-1, keepdims=true), 0 * sum(x, axis=-1, keepdims=true), 1 + 0 * sum(x, axis=-1, keepdims=true))',
        },
      },
      [2, 3],
    );
    expect(outcome).toMatchObject({ verdict: 'wrong', first: { name: 'x', index: [0, 0, 2] } });
    if (outcome.verdict === 'wrong') expect(outcome.first.given - outcome.first.expected).toBeCloseTo(1, 6);
  });

  test('the answer has name, index, both values and what to do', () => {
    const { problem } = gradientProblem(
      expressionOf({
        inputs: ['x'],
        parameters: { w: parameter(4) },
        formula: 'x * w',
        backward: { x: 'gradient * w', w: 'gradient' },
      }),
      [[4]],
    );
    expect(problem).toMatchObject({
      path: ['backward', 'w'],
      code: 'gradient',
      hint: 'Correct the backward formula of "w", or leave "backward" out',
    });
    expect(problem?.message).toMatch(
      /^the gradient of w\[0\] is -?[\d.]+, by central differences of the formula it is -?[\d.]+$/,
    );
  });

  test('a factor of 1.0001 is wrong, one of 1 + 1e-7 is not told from rounding', () => {
    const scaled = (factor: string) =>
      check({ inputs: ['x'], formula: 'exp(x)', backward: { x: `gradient * exp(x) * ${factor}` } }, [3])
        .verdict;
    expect(scaled('1.0001')).toBe('wrong');
    expect(scaled('1.0000001')).toBe('right');
  });

  test('a sum over the batch that is missing', () => {
    expect(
      check(
        {
          inputs: ['x'],
          parameters: { w: parameter() },
          formula: 'x * w',
          backward: { x: 'gradient * w', w: 'sum(gradient * x)' },
        },
        [2],
      ).verdict,
    ).toBe('right');
    expect(
      check(
        {
          inputs: ['x'],
          parameters: { w: parameter() },
          formula: 'x * w',
          backward: { x: 'gradient * w', w: 'mean(gradient * x)' },
        },
        [2],
      ).verdict,
    ).toBe('wrong');
  });
});

describe('what cannot be checked is refused', () => {
  test('finite nowhere', () => {
    const given = { inputs: ['x'], formula: 'log(-1 - x * x)', backward: { x: 'gradient' } };
    expect(gradientProblem(expressionOf(given), [[2]]).problem).toMatchObject({
      path: ['backward'],
      code: 'gradientUnchecked',
    });
  });

  test('too steep for differences', () => {
    const given = {
      inputs: ['x'],
      formula: 'sin(1e8 * x)',
      backward: { x: 'gradient * 1e8 * cos(1e8 * x)' },
    };
    expect(gradientProblem(expressionOf(given), [[2]]).problem).toMatchObject({ code: 'gradientUnchecked' });
  });

  test('too large', () => {
    const given = {
      inputs: ['x'],
      formula: 'matmul(reshape(x, [4000, 1]), reshape(x, [1, 4000]))',
      backward: { x: 'gradient' },
    };
    const backward = { x: 'reshape(sum(gradient, axis=-1) + sum(gradient, axis=1), [4000])' };
    expect(gradientProblem(expressionOf({ ...given, backward }), [[4000]]).problem).toMatchObject({
      code: 'gradientUnchecked',
    });
  });
});
