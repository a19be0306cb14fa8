import { describe, expect, test } from '@jest/globals';
import type { Shape } from '../layers/layer.js';
import { definitionOf } from '../testing/expression.js';
import { buildExpression, readExpression, type BuiltExpression } from './expression.js';

type Given = Parameters<typeof definitionOf>[0];

function build(given: Given, shapes: readonly Shape[]) {
  const read = readExpression(definitionOf(given));
  return read.ok ? buildExpression(read.expression, shapes) : read;
}
function built(given: Given, ...shapes: Shape[]): BuiltExpression {
  const result = build(given, shapes);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.built;
}
/** `<path> <code>: <message> | <hint>` of what is wrong with a definition. */
function problemsOf(given: Given, ...shapes: Shape[]): string[] {
  const result = build(given, shapes);
  if (result.ok) return [];
  return result.problems.map(
    ({ path, code, message, hint }) => `${path.map(String).join('/')} ${code}: ${message} | ${hint}`,
  );
}
const beta = { beta: { shape: [], initializer: 'ones' } };

describe('shapes', () => {
  test.each<[string, Shape[], Shape]>([
    ['x * sigmoid(x)', [[3, 4]], [3, 4]],
    ['sum(x)', [[3, 4]], []],
    ['sum(x, axis=-1)', [[3, 4]], [3]],
    ['mean(x, axis=[1, 2], keepdims=true)', [[3, 4]], [1, 1]],
    ['reshape(x, [2, -1])', [[3, 4]], [2, 6]],
    ['reshape(x, [features, 3])', [[3, 4]], [4, 3]],
    ['transpose(x)', [[3, 4]], [4, 3]],
    ['transpose(x, [0, 3, 1, 2])', [[3, 4, 5]], [5, 3, 4]],
    [
      'concat(x, y, axis=1)',
      [
        [3, 4],
        [2, 4],
      ],
      [5, 4],
    ],
    [
      'matmul(x, transpose(y))',
      [
        [3, 4],
        [5, 4],
      ],
      [3, 5],
    ],
    [
      'softmax(x, axis=1) + y',
      [
        [3, 4],
        [3, 1],
      ],
      [3, 4],
    ],
  ])('%s', (formula, shapes, shape) => {
    const inputs = ['x', 'y'].slice(0, shapes.length);
    expect(built({ inputs, formula }, ...shapes).outputShape).toEqual(shape);
  });

  test("lengths of parameters: numbers, the input's last axis, settings", () => {
    const { weights, outputShape } = built(
      {
        inputs: ['x'],
        parameters: {
          w: {
            shape: ['features', 'units'],
            initializer: 'glorot_uniform',
            regularizer: { class_name: 'L2', config: { l2: 0.5 } },
          },
          b: { shape: [3], initializer: 'zeros', trainable: false },
        },
        config: { units: 3 },
        formula: 'matmul(x, w) + b',
      },
      [5],
    );
    expect(outputShape).toEqual([3]);
    expect(weights).toEqual([
      {
        name: 'b',
        shape: [3],
        role: 'kernel',
        trainable: false,
        initializer: { name: 'zeros' },
        regularizer: null,
      },
      {
        name: 'w',
        shape: [5, 3],
        role: 'kernel',
        trainable: true,
        initializer: { name: 'glorotUniform' },
        regularizer: { name: 'l2', l2: 0.5 },
      },
    ]);
  });

  test.each<[string, Shape[], string]>([
    [
      '1 + (x + y) * x',
      [[3], [4]],
      'formula shape: in "x + y", the shapes [batch, 3] and [batch, 4] do not fit each other',
    ],
    [
      'matmul(x, y)',
      [
        [2, 3],
        [2, 3],
      ],
      'formula shape: in "matmul(x, y)", matmul of [batch, 2, 3] and [batch, 2, 3]: the last axis of the first is not as long as the last but one of the second',
    ],
    [
      'x + sum(y, axis=2)',
      [[3], [3]],
      'formula shape: in "sum(y, axis=2)", there is no axis 2 in the shape [batch, 3]',
    ],
    [
      'x - mean(y, axis=0)',
      [[3], [3]],
      'formula shape: in "mean(y, axis=0)", axis 0 of the shape [batch, 3] is the batch: samples cannot be mixed',
    ],
    [
      'y + reshape(x, [4])',
      [[3], [4]],
      'formula shape: in "reshape(x, [4])", [batch, 3] has 3 values a sample, they cannot have the shape [4]',
    ],
    [
      'transpose(x) * sum(y)',
      [[3], [3]],
      'formula shape: "transpose(x)" has the shape [3, batch]: the batch has to be the first axis, and only that',
    ],
    [
      'concat(x, y, axis=1)',
      [
        [3, 2],
        [3, 4],
      ],
      'formula shape: in "concat(x, y, axis=1)", the shapes [batch, 3, 2] and [batch, 3, 4] differ in more than axis 1',
    ],
  ])('%s names the part that does not fit, with both shapes', (formula, shapes, problem) => {
    const [found, ...others] = problemsOf({ inputs: ['x', 'y'], formula }, ...shapes);
    expect(found?.split(' | ')[0]).toBe(problem);
    expect(others).toEqual([]);
  });

  test('a wrong number of inputs', () => {
    expect(problemsOf({ inputs: ['x', 'y'], formula: 'x * y' }, [3])).toEqual([
      'inputs shape: takes 2 inputs (x, y), it is given 1 | Connect as many layers as there are inputs',
    ]);
  });

  test('gradients have the shapes of what they are for', () => {
    const given = { inputs: ['x', 'y'], formula: 'x * y' };
    const [problem] = problemsOf(
      { ...given, backward: { x: 'gradient * y', y: 'sum(gradient * x, axis=-1)' } },
      [3],
      [3],
    );
    expect(problem).toContain(
      'backward/y shape: the gradient of "y" has the shape [batch], which cannot be summed to [batch, 3]',
    );
  });
});

describe('operations and kept values', () => {
  // Of n = 12 values a sample: one operation a value unless another number stands beside the formula.
  test.each<[string, number, number]>([
    ['x + 1', 12, 0],
    ['x * sigmoid(2 * x)', 12 + 4 * 12 + 12, 24], // Negation, exp, addition, division.
    ['x * x + x * x', 12 + 12, 12], // Equal parts are computed once.
    ['x * (2 + 3)', 12, 0], // Constants are folded.
    ['softmax(x) + 0 * x', 5 * 12 + 2 * 12, 24],
    ['sum(x, axis=-1)', 12, 0],
    ['matmul(x, transpose(x))', 2 * 3 * 3 * 4, 12],
    ['reshape(x, [12])', 0, 0],
  ])('%s', (formula, flops, kept) => {
    const { flops: counted, kept: held } = built({ inputs: ['x'], formula }, [3, 4]);
    expect([counted, held]).toEqual([flops, kept]);
  });

  test('backward formulas keep what they take', () => {
    const given = { inputs: ['x'], formula: 'exp(x) * sin(x)' };
    const backward = { x: 'gradient * exp(x) * (sin(x) + cos(x))' };
    expect(built({ ...given, backward }, [5]).kept).toBe(10);
    expect(built({ ...given, backward: 'straightThrough' }, [5]).kept).toBe(0);
  });
});

describe('names, arguments and settings', () => {
  test.each<[string, string]>([
    ['y * 2', 'formula unknownName: "y" at character 1 is not known | Did you mean x?'],
    ['2 * beto', 'formula unknownName: "beto" at character 5 is not known | Did you mean beta?'],
    [
      'sigmoyd(x)',
      'formula unknownFunction: there is no function "sigmoyd" at character 1 | Did you mean sigmoid?',
    ],
    ['exp * x', 'formula unknownName: "exp" at character 1 is not known | It is a function: exp(x)'],
    [
      'beta(x)',
      'formula unknownFunction: there is no function "beta" at character 1 | A product is written with *',
    ],
    ['exp(x, x)', 'formula badArguments: exp at character 1 takes 1 value, it is given 2 | Write exp(x)'],
    ['sum(x, axes=1)', 'formula badSetting: sum at character 1 has no setting "axes" | Did you mean axis?'],
    [
      'sum(x, axis=0.5)',
      'formula badSetting: "axis" of sum at character 1 has to be a whole number or a list of them, from -6 to 6 | Write sum(x, axis=-1, keepdims=true)',
    ],
    [
      'softmax(x, axis=beta)',
      'formula badSetting: "axis" of softmax at character 1 has to be a whole number from -6 to 6 | Write softmax(x, axis=-1)',
    ],
    [
      'x * beta / (1 / 0)',
      'formula notFinite: "1 / 0" at character 15 is not a finite number | Check the constants and the configuration',
    ],
    ['exp = x; exp', 'formula badName: "exp" at character 1 is the name of a function | Choose another name'],
    [
      'x = x; x',
      'formula duplicateName: "x" at character 1 has a value already | Give each intermediate result its own name',
    ],
    [
      'consat(x)',
      'formula unknownFunction: there is no function "consat" at character 1 | Did you mean concat?',
    ],
    [
      '__proto__ * x',
      'formula unknownName: "__proto__" at character 1 is not known | Known: x, beta, features, pi, e',
    ],
    [
      'gradient * x',
      'formula unknownName: "gradient" at character 1 is not known | Known: x, beta, features, pi, e',
    ],
  ])('%s', (formula, problem) => {
    expect(problemsOf({ inputs: ['x'], parameters: beta, formula }, [3])).toEqual([problem]);
  });

  test('all formulas are looked at, and each has its place', () => {
    expect(
      problemsOf({
        inputs: ['x'],
        parameters: { w: { shape: ['units'], initializer: 'zeros' } },
        let: [
          { name: 'u', formula: 'x +' },
          { name: 'v', formula: 'tanhh(x)' },
        ],
        formula: 'x ** 2',
      }).map((problem) => problem.split(':')[0]),
    ).toEqual([
      'parameters/w/shape/0 unknownName',
      'let/0/formula formulaSyntax',
      'let/1/formula unknownFunction',
      'formula formulaSyntax',
    ]);
  });

  test('what has no part in the result is refused', () => {
    expect(
      problemsOf({
        inputs: ['x', 'y'],
        parameters: beta,
        config: { rate: 2 },
        let: [{ name: 'u', formula: 'x' }],
        formula: 'v = 2 * x; x',
      }).map((problem) => problem.split(' has')[0]),
    ).toEqual([
      'inputs/1 unusedName: "y"',
      'parameters/beta unusedName: "beta"',
      'config/rate unusedName: "rate"',
      'let/0 unusedName: "u"',
      'formula unusedName: "v"',
    ]);
  });

  test('one thing, one name', () => {
    const given = { inputs: ['x', 'x'], config: { x: 1 }, let: [{ name: 'x', formula: 'x' }], formula: 'x' };
    expect(problemsOf(given).map((problem) => problem.split(':')[0])).toEqual([
      'inputs/1 duplicateName',
      'config/x duplicateName',
      'let/0/name duplicateName',
    ]);
  });

  test('backward formulas: one for each input and trainable parameter', () => {
    const given = { inputs: ['x'], parameters: beta, formula: 'x * beta' };
    expect(problemsOf({ ...given, backward: { x: 'gradient * beta' } }, [2])).toEqual([
      'backward missingBackward: there is no backward formula for "beta" | Add "beta": "gradient * …"',
    ]);
    expect(
      problemsOf({ ...given, backward: { x: 'gradient * beta', beta: 'gradient * x', bet: '1' } }, [2]),
    ).toEqual(['backward/bet unknownName: there is no input or parameter "bet" | Did you mean beta?']);
    expect(problemsOf({ ...given, backward: 'straightThrough' }, [2])[0]).toContain(
      'parameters/beta noGradient',
    );
  });

  test('a parameter that no gradient comes to is refused, unless it is not to be trained', () => {
    const given = { inputs: ['x'], formula: 'x * round(beta)' };
    expect(problemsOf({ ...given, parameters: beta }, [2])[0]).toContain('parameters/beta noGradient');
    expect(problemsOf({ ...given, parameters: { beta: { ...beta.beta, trainable: false } } }, [2])).toEqual(
      [],
    );
    expect(
      problemsOf({ inputs: ['x'], parameters: beta, formula: 'x * straightThrough(round(beta), beta)' }, [2]),
    ).toEqual([]);
  });
});
