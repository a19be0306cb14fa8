import { describe, expect, test } from '@jest/globals';
import type { Tensor } from '@gradstream/engine';
import { buildExpression, callExpression, readExpression } from '../../expressions/index.js';
import { evaluateOnHost } from '../../expressions/host/evaluate.js';
import { functions } from '../../expressions/program/functions.js';
import { neededFor } from '../../expressions/program/steps.js';
import { useEngine } from '../../testing/engine.js';
import { definitionOf } from '../../testing/expression.js';
import { gradientsOf, planOf, runLayer } from '../../testing/layer.js';
import { testLayer } from '../../testing/layerTest.js';

const get = useEngine();
const scalar = { shape: [], initializer: 'ones' };

testLayer(get, {
  type: 'Expression',
  config: { inputs: ['x'], parameters: { beta: scalar }, formula: 'x * sigmoid(beta * x)' },
  shapes: [[3, 4]],
});
testLayer(get, {
  type: 'Expression',
  config: {
    inputs: ['x'],
    parameters: { beta: scalar },
    let: [{ name: 's', formula: 'sigmoid(beta * x)' }],
    formula: 'x * s',
    backward: {
      x: 'gradient * (s + beta * output * (1 - s))',
      beta: 'gradient * x * output * (1 - s)',
    },
  },
  shapes: [[3, 4]],
});
testLayer(get, {
  type: 'Expression',
  config: {
    inputs: ['value', 'gate'],
    parameters: {
      w: { shape: ['features', 'units'], initializer: 'glorot_uniform' },
      b: { shape: ['units'], initializer: 'zeros' },
    },
    config: { units: 3 },
    formula: 'h = matmul(value, w) + b; h * sigmoid(gate)',
    backward: {
      value: 'matmul(gradient * sigmoid(gate), transpose(w))',
      gate: 's = sigmoid(gate); gradient * output * (1 - s)',
      w: 'matmul(transpose(value), gradient * sigmoid(gate))',
      b: 'gradient * sigmoid(gate)',
    },
  },
  shapes: [[5], [3]],
});
testLayer(get, {
  type: 'Expression',
  config: { inputs: ['a', 'b'], formula: 'softmax(matmul(a, transpose(b)) / sqrt(features))' },
  shapes: [
    [2, 4],
    [3, 4],
  ],
});

/** Formulas with functions that take more than one value, or not every one; they are smooth at the inputs below. */
const formulas: Readonly<Record<string, string | readonly string[]>> = {
  log: 'log(2 + x)',
  log1p: 'log1p(x / 2)',
  sqrt: 'sqrt(2 + x)',
  rsqrt: 'rsqrt(2 + x)',
  pow: ['pow(2 + x, y)', '(2 + x) ^ 3', 'x ^ 2', '(2 + x) ^ 0.5', '(2 + x) ^ -0.5', '(2 + x) ^ -1', '2 ^ x'],
  clip: 'clip(x, -0.5, y)',
  where: 'where(x > 0.2, x * y, x / 2)',
  straightThrough: 'straightThrough(x, x) * x',
  gelu: ['gelu(x)', 'gelu(x, approximate=true)'],
  sum: ['sum(x)', 'sum(x, axis=1)', 'sum(x * y, axis=[1, 2], keepdims=true)'],
  mean: ['mean(x * x)', 'mean(x * x, axis=-1, keepdims=true)'],
  variance: ['variance(x)', 'variance(x, axis=1, keepdims=true)'],
  max: ['max(x, y)', 'max(x, axis=-1)'],
  min: ['min(x, y)', 'min(x, axis=1)'],
  softmax: ['softmax(x) * y', 'softmax(x, axis=1) * y'],
  logSoftmax: ['logSoftmax(x)', 'logSoftmax(x, axis=1)'],
  l2Normalize: ['l2Normalize(x)', 'l2Normalize(x, axis=1)'],
  matmul: [
    'matmul(x, transpose(x))',
    'matmul(x, reshape(y, [3, 1]))',
    'matmul(reshape(x, [2, 1, 3]), reshape(x, [1, 3, 2]))',
  ],
  transpose: ['transpose(x)', 'transpose(x, [0, 2, 1])'],
  reshape: 'reshape(x, [-1]) ^ 3',
  concat: ['concat(x, x * y, axis=1)', 'concat(x, 2 * x)'],
};
const operators = [
  'x + y',
  'x - y',
  '-x',
  'x * y',
  'x / (2 + y)',
  'x * (x < y) + y',
  'x * (x <= y) + y',
  'x * (x > y) + y',
];
const more = ['x * (x >= y) + y', 'x * (x == x)', 'x * (x != y) + y', 'x * pi + e * y + features'];
const all = [
  ...operators,
  ...more,
  ...[...functions.keys()].flatMap((name) => formulas[name] ?? `x * ${name}(x + 0.1)`),
];

const wave = (count: number, phase: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.sin(3 * i + phase) + 0.05 * i);

/** Largest difference between two lists of numbers, relative to the largest number. */
function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  const [a, b] = [Array.from(actual), Array.from(expected)];
  expect(a).toHaveLength(b.length);
  const scale = b.reduce((most, one) => Math.max(most, Math.abs(one)), 1e-3);
  return a.reduce((worst, one, i) => Math.max(worst, Math.abs(one - (b[i] ?? NaN))), 0) / scale;
}

const BATCH = 2;

describe('TensorFlow computes what plain float64 does, with its gradients', () => {
  test('every function is in the list', () => {
    const text = all.join(' ');
    for (const name of functions.keys()) expect(text).toMatch(new RegExp(`\\b${name}\\(`));
  });

  test.each(all)('%s', (formula) => {
    const gs = get();
    const { tf } = gs;
    const inputs = /\by\b/.test(formula) ? (['x', 'y'] as const) : (['x'] as const);
    const shapeOf = (name: 'x' | 'y'): number[] =>
      name === 'y' && formula.includes('reshape(y') ? [3] : [2, 3];
    const read = readExpression(definitionOf({ inputs: [...inputs], formula }));
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    const result = buildExpression(read.expression, inputs.map(shapeOf));
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    const { built } = result;
    const { plan } = built;
    const leaves = inputs.map((name, place) => {
      const shape = [BATCH, ...shapeOf(name)];
      // Rounded to float32, so that both begin with the same numbers.
      const data = Float64Array.from(
        Float32Array.from(
          wave(
            shape.reduce((a, b) => a * b),
            place + 1,
          ),
        ),
      );
      return { name, shape, data };
    });
    const onHost = (): Float64Array => {
      const { output, steps } = plan.program;
      const values = new Map(leaves.map(({ name, shape, data }) => [name, { shape, data }]));
      return evaluateOnHost(plan, neededFor(steps, [output]), values)[output]?.data ?? new Float64Array();
    };
    const tensors = leaves.map(({ shape, data }) => tf.tensor(Float32Array.from(data), shape));
    const run = (given: readonly Tensor[]): Tensor[] => [callExpression(gs, built, given, [])];

    const expected = onHost();
    const [eager] = run(tensors);
    expect(eager?.shape).toEqual([BATCH, ...built.outputShape]);
    const step = gs.capture((...given) => run(given));
    const [captured] = step.run(...tensors);
    step.dispose();
    expect(difference(eager?.dataSync() ?? [], expected)).toBeLessThan(1e-6);
    expect(difference(captured?.dataSync() ?? [], expected)).toBeLessThan(1e-6);

    // Σ output · cotangent, by central differences in float64.
    const cotangent = wave(expected.length, 7);
    const loss = (): number => onHost().reduce((sum, value, i) => sum + value * (cotangent[i] ?? NaN), 0);
    const gradients = gradientsOf(gs, run, [tf.tensor(cotangent, eager?.shape)], tensors);
    leaves.forEach(({ data }, place) => {
      const slopes = Array.from(data, (value, i) => {
        const at = (moved: number): number => {
          data[i] = moved;
          const moving = loss();
          data[i] = value;
          return moving;
        };
        return (at(value + 1e-6) - at(value - 1e-6)) / 2e-6;
      });
      expect(difference(gradients[place]?.dataSync() ?? [], slopes)).toBeLessThan(2e-6);
    });
  });
});

describe('gradients that are not those of the formula', () => {
  /** The gradients of a layer's inputs and weights for what is given. */
  function gradients(
    config: object,
    inputs: number[][],
    weights: number[] = [],
    cotangent?: number[],
  ): number[][] {
    const gs = get();
    const { tf } = gs;
    const shapes = inputs.map((values) => [values.length]);
    const plan = planOf('Expression', config, shapes);
    const tensors = [
      ...inputs.map((values) => tf.tensor2d([values])),
      ...weights.map((value) => tf.scalar(value)),
    ];
    const run = (all: readonly Tensor[]): Tensor[] =>
      runLayer(gs, plan, { inputs: all.slice(0, inputs.length), weights: all.slice(inputs.length) }).outputs;
    const ones = inputs[0]?.map(() => 1) ?? [];
    return gradientsOf(gs, run, [tf.tensor2d([cotangent ?? ones])], tensors).map((tensor) => [
      ...tensor.dataSync(),
    ]);
  }

  test('a straight-through layer passes what it gets', () => {
    const config = { inputs: ['x'], formula: 'round(x)', backward: 'straightThrough' };
    expect(gradients(config, [[0.2, 1.7, -3.4]], [], [1, 2, 3])).toEqual([[1, 2, 3]]);
    const two = { inputs: ['x', 'y'], formula: 'sign(x) * floor(y)', backward: 'straightThrough' };
    expect(gradients(two, [[0.2, 1.7], [5]], [], [1, 2])).toEqual([[1, 2], [3]]);
  });

  test('straightThrough(value, x) has the value of the first and the gradient of the second', () => {
    const config = { inputs: ['x'], parameters: { w: scalar }, formula: 'x * straightThrough(round(w), w)' };
    const plan = planOf('Expression', config, [[2]]);
    const gs = get();
    const { outputs } = runLayer(gs, plan, {
      inputs: [gs.tf.tensor2d([[1, 2]])],
      weights: [gs.tf.scalar(2.6)],
    });
    expect([...(outputs[0]?.dataSync() ?? [])]).toEqual([3, 6]);
    // By x: round(w) = 3. By w: as if round were the identity, Σ x = 3.
    expect(gradients(config, [[1, 2]], [2.6])).toEqual([[3, 3], [3]]);
  });

  test('steps have none', () => {
    for (const step of ['floor', 'ceil', 'round', 'sign'])
      expect(gradients({ inputs: ['x'], formula: `x + ${step}(x)` }, [[0.3, -1.2]])).toEqual([[1, 1]]);
  });

  test('a frozen parameter gets none, and needs no backward formula', () => {
    const parameters = { w: { ...scalar, trainable: false } };
    const config = { inputs: ['x'], parameters, formula: 'x * w', backward: { x: 'gradient * w' } };
    expect(planOf('Expression', config, [[2]]).weights).toMatchObject([{ name: 'w', trainable: false }]);
    const gs = get();
    const plan = planOf('Expression', config, [[2]]);
    const x = gs.tf.tensor2d([[1, 2]]);
    const run = (inputs: readonly Tensor[]): Tensor[] =>
      runLayer(gs, plan, { inputs, weights: [gs.tf.scalar(4)] }).outputs;
    const [byInput] = gradientsOf(gs, run, [gs.tf.onesLike(x)], [x]);
    expect([...(byInput?.dataSync() ?? [])]).toEqual([4, 4]);
  });
});

describe('inputs', () => {
  const config = { inputs: ['a', 'b'], formula: 'a - b' };

  test('by name, in any order', () => {
    const gs = get();
    const given = [gs.tf.tensor2d([[1, 2]]), gs.tf.tensor2d([[10, 20]])];
    const differences = (names: (string | null)[]): number[] => {
      const plan = planOf('Expression', config, [[2], [2]], { names });
      return [...(runLayer(gs, plan, { inputs: given, weights: [] }).outputs[0]?.dataSync() ?? [])];
    };
    expect(differences([null, null])).toEqual([-9, -18]);
    expect(differences(['b', 'a'])).toEqual([9, 18]);
    expect(differences([null, 'b'])).toEqual([-9, -18]);
    expect(() => differences(['a', 'c'])).toThrow('has no input "c"');
    expect(() => differences(['b', null])).toThrow('is given one input twice');
  });

  test('a wrong number', () => {
    expect(() => planOf('Expression', config, [[2]])).toThrow('takes 2 inputs (a, b), it is given 1');
    expect(() => planOf('Expression', config, [[2], [2], [2]])).toThrow(
      'takes 2 inputs (a, b), it is given 3',
    );
  });

  test('whole numbers are computed with as numbers', () => {
    const gs = get();
    const plan = planOf('Expression', { inputs: ['x'], formula: 'x / 2' }, [[2]]);
    const { outputs } = runLayer(gs, plan, {
      inputs: [gs.tf.tensor2d([[1, 2]], [1, 2], 'int32')],
      weights: [],
    });
    expect([...(outputs[0]?.dataSync() ?? [])]).toEqual([0.5, 1]);
  });
});
