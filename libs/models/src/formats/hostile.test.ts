// Definitions that are far larger than any model, or say what no layer can do: typed answers, never an exception.

import { describe, expect, test } from '@jest/globals';
import { problemsOf } from '../testing/formats.js';
import { parseModel } from './parse.js';

/** More than the arguments that a call of JavaScript can have. */
const MANY = 200_000;
const many = (value: unknown): unknown[] => new Array<unknown>(MANY).fill(value);
const keys = (): object => Object.fromEntries(many(0).map((_, at) => [`k${at}`, at]));

const keras3 = (...layers: object[]): object => ({ class_name: 'Sequential', config: { layers } });
const input = { class_name: 'InputLayer', config: { batch_shape: [null, 4] } };
const expression = (config: object): object => ({
  class_name: 'Expression',
  config: { inputs: ['x'], formula: 'x', ...config },
});
const dense = { class_name: 'Dense', config: { units: 1 } };
/** A Functional model with one Dense layer, changed. */
const functional = (change: object, call: unknown = null): object => ({
  class_name: 'Functional',
  config: {
    layers: [
      { ...input, config: { ...input.config, name: 'a' } },
      {
        ...dense,
        config: { ...dense.config, name: 'b' },
        inbound_nodes: [call ?? { args: [tensor('a')], kwargs: {} }],
      },
    ],
    input_layers: [['a', 0, 0]],
    output_layers: [['b', 0, 0]],
    ...change,
  },
});
const tensor = (name: string): object => ({
  class_name: '__keras_tensor__',
  config: { shape: [null, 4], dtype: 'float32', keras_history: [name, 0, 0] },
});

describe('lists of 200,000', () => {
  test.each<[string, unknown, string]>([
    [
      'values of a setting',
      [{ type: 'reshape', targetShape: many(1.5), input: [4] }],
      '/0/targetShape tooLarge',
    ],
    [
      'settings of an initializer',
      [{ type: 'dense', units: 1, kernelInitializer: { name: 'zeros', ...keys() }, input: [4] }],
      '/0/kernelInitializer tooLarge',
    ],
    [
      'settings of what a wrapper holds',
      [{ type: 'timeDistributed', layer: { type: 'dense', units: many(1) }, input: [2, 4] }],
      '/0/layer/units tooLarge',
    ],
    ['lengths of an input', [{ type: 'dense', units: 1, input: many('x') }], '/0/input tooLarge'],
    [
      'lengths of an input of Keras',
      keras3({ class_name: 'InputLayer', config: { batch_shape: many(1.5) } }, dense),
      '/config/layers/0/config/batch_shape tooLarge',
    ],
    [
      'lengths of a named input',
      {
        inputs: [{ name: 'a', shape: many('x') }],
        layers: { b: { type: 'dense', units: 1, inputs: 'a' } },
        outputs: 'b',
      },
      '/inputs/0/shape tooLarge',
    ],
    ['outputs', functional({ output_layers: many(['b', 0, 0]) }), '/config/output_layers tooLarge'],
    ['inputs', functional({ input_layers: many(['a', 0, 0]) }), '/config/input_layers tooLarge'],
    [
      'tensors of a call',
      functional({}, { args: [many(tensor('a'))], kwargs: {} }),
      '/config/layers/1/inbound_nodes/0/args/0 tooLarge',
    ],
    [
      'names of inputs',
      {
        inputs: [4],
        layers: { b: { type: 'dense', units: 1, inputs: keys() } },
        outputs: 'b',
      },
      '/layers/b/inputs tooLarge',
    ],
    [
      'intermediate results of an expression',
      keras3(input, expression({ let: many({}) })),
      '/config/layers/1/config/let tooLarge',
    ],
    ['keys of a model', { layers: [], ...keys() }, ' tooLarge'],
  ])('%s', (_, document, problem) => {
    expect(problemsOf(document)).toEqual([problem]);
  });

  test('the mean of a Normalization may have as many values as its axes', () => {
    const normalization = (mean: unknown): object[] => [
      { type: 'normalization', axis: -1, mean, variance: many(1), input: [MANY] },
      { type: 'dense', units: 1 },
    ];
    expect(problemsOf(normalization(many(0.5)))).toEqual([]);
    expect(problemsOf(normalization(many(Number.NaN)))).toEqual(['/0/mean custom']);
    expect(problemsOf(normalization(many('x')))).toEqual(['/0/mean tooLarge']);
  });
});

test('a variance below 0 is refused, and one that is no number', () => {
  const of = (variance: unknown): string[] =>
    problemsOf([
      { type: 'normalization', mean: [0, 0], variance, input: [2] },
      { type: 'dense', units: 1 },
    ]);
  expect(of([0, 1])).toEqual([]);
  expect(of([1, -1e-9])).toEqual(['/0/variance custom']);
  expect(of([1, Number.NaN])).toEqual(['/0/variance custom']);
  expect(of([1, 'a'])).toEqual(['/0/variance custom']);
});

describe('many axes', () => {
  const ones = (count: number): number[] => new Array<number>(count).fill(1);
  test.each<[string, unknown, string[]]>([
    ['an input', [{ type: 'dense', units: 1, input: ones(7) }], []],
    ['an input', [{ type: 'dense', units: 1, input: ones(8) }], ['/0 tooManyAxes']],
    [
      'Reshape',
      [
        { type: 'dense', units: 1, input: [1] },
        { type: 'reshape', targetShape: ones(8) },
      ],
      ['/1 tooManyAxes'],
    ],
    [
      'an expression',
      keras3(input, expression({ formula: `reshape(mean(x), [${ones(8).join()}])` })),
      ['/config/layers/1/config/formula badSetting'],
    ],
  ])('of %s: %#', (_, document, problems) => {
    expect(problemsOf(document)).toEqual(problems);
  });

  test('the limit can be set', () => {
    const document = [{ type: 'dense', units: 1, input: [2, 2] }];
    const limits = { layers: 9, calls: 9, outputs: 1, parameters: 99, values: 99, depth: 1, axes: 2 };
    const parsed = parseModel(document, limits);
    expect(parsed.ok ? [] : parsed.problems.map(({ message }) => message)).toEqual([
      'a tensor has 3 axes, the limit is 2 with that of the batch',
    ]);
  });
});

test('a model has no more outputs than the limit', () => {
  const outputs = (count: number): object => functional({ output_layers: Array(count).fill(['b', 0, 0]) });
  expect(problemsOf(outputs(1000))).toEqual([]);
  expect(problemsOf(outputs(1001))).toEqual(['/config/output_layers tooLarge']);
  const named = { inputs: [4], layers: { b: { type: 'dense', units: 1, inputs: 'input' } } };
  expect(problemsOf({ ...named, outputs: Array(1001).fill('b') })).toEqual(['/outputs tooLarge']);
});
