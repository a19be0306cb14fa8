// Inputs of models in all formats: their shapes, their names, and how many inputs all calls may take.

import { describe, expect, test } from '@jest/globals';
import { DEFAULT_LIMITS } from '../graph/limits.js';
import { graphOf } from '../testing/formats.js';
import { parseModel } from './parse.js';

const layer = (class_name: string, config: object): object => ({ class_name, config });
const sequential = (...layers: object[]): object => ({
  class_name: 'Sequential',
  config: { name: 'm', layers },
});
const keras2 = (model: object): object => ({ ...model, keras_version: '2.15.0' });

test.each([
  [
    'Keras 3',
    sequential(layer('InputLayer', { batch_shape: [null, null, 3] }), layer('LSTM', { units: 2 })),
    '/config/layers/0/config/batch_shape/1',
  ],
  [
    'Keras 2',
    keras2(sequential(layer('LSTM', { units: 2, batch_input_shape: [null, null, 3] }))),
    '/config/layers/0/config/batch_input_shape/1',
  ],
  ['the shorthand', [{ type: 'lstm', units: 2, input: [null, 3] }], '/0/input/0'],
  [
    'the shorthand, by name',
    {
      inputs: [{ name: 'x', shape: [null, 3] }],
      layers: { y: { type: 'lstm', units: 2, inputs: 'x' } },
      outputs: 'y',
    },
    '/inputs',
  ],
])('an open length in %s: what to do is said', (_, definition, pointer) => {
  const parsed = parseModel(definition);
  const problems = parsed.ok ? [] : parsed.problems;
  expect(problems).toEqual([
    expect.objectContaining({ pointer, message: expect.stringContaining('padded or cut to') }),
  ]);
});

describe('a model that begins with a model', () => {
  const inner = sequential(
    layer('InputLayer', { batch_shape: [null, 3], dtype: 'int32', name: 'i' }),
    layer('Embedding', { name: 'e', input_dim: 5, output_dim: 2 }),
  );
  const outer = sequential(inner, layer('Flatten', {}), layer('Dense', { units: 1 }));

  test.each([
    ['Keras 3', outer],
    [
      'the shorthand',
      [
        {
          type: 'model',
          model: [
            { type: 'input', shape: [3], dtype: 'int32' },
            { type: 'embedding', inputDim: 5, outputDim: 2 },
          ],
        },
        { type: 'flatten' },
        { type: 'dense', units: 1 },
      ],
    ],
  ])('takes its input: %s', (_, definition) => {
    const { inputs, outputShape } = graphOf(definition);
    expect(inputs).toMatchObject([{ name: 'input', shape: [3], type: 'int32' }]);
    expect(outputShape).toEqual([1]);
  });

  test('in a TimeDistributed, as Keras 2 writes it, with its steps', () => {
    const part = layer('Dense', { name: 'd', units: 2, batch_input_shape: [null, 3] });
    const each = { layer: sequential(part), batch_input_shape: [null, 5, 3], name: 'each' };
    const model = keras2(sequential(layer('TimeDistributed', each), layer('Flatten', {})));
    const { inputs, outputShape, layers } = graphOf(model);
    expect(inputs).toMatchObject([{ shape: [5, 3] }]);
    expect(outputShape).toEqual([5 * 2]);
    expect(layers.map(({ name, type }) => [name, type])).toContainEqual(['each/d', 'TimeDistributed']);
  });

  test('a mistake in that input is named in its place, once', () => {
    const bad = sequential(
      sequential(layer('InputLayer', { batch_shape: [8, 3] }), layer('Dense', { units: 2 })),
    );
    const parsed = parseModel(bad);
    expect(parsed.ok ? [] : parsed.problems.map(({ pointer }) => pointer)).toEqual([
      '/config/layers/0/config/layers/0/config/batch_shape/0',
    ]);
  });
});

test('the input that a chain gets has a name that no layer has', () => {
  const dense = (name: string) => ({ type: 'dense', units: 2, name });
  const named = graphOf([{ ...dense('input'), input: [3] }, dense('input_1')]);
  expect(named.inputs.map(({ name }) => name)).toEqual(['input_2']);
  expect(named.layers.map(({ name }) => name)).toEqual(['input', 'input_1']);
  const usual = graphOf([{ ...dense('first'), input: [3] }]);
  expect(usual.inputs.map(({ name }) => name)).toEqual(['input']);
});

test('what a model was compiled with changes nothing', () => {
  const model = sequential(layer('InputLayer', { batch_shape: [null, 4] }), layer('Dense', { units: 2 }));
  const compiled = { ...model, compile_config: { optimizer: 'adam', loss: 'mse' } };
  expect(graphOf(compiled).layers).toEqual(graphOf(model).layers);
});

describe('calls and their inputs, up to the limit', () => {
  type Make = (inputs: number, calls: number) => unknown;
  const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
  const functional =
    (node: (names: string[]) => unknown): Make =>
    (inputs, calls) => ({
      class_name: 'Functional',
      config: {
        name: 'm',
        layers: [
          { ...layer('InputLayer', { batch_shape: [null, 4], name: 'x' }), name: 'x', inbound_nodes: [] },
          {
            ...layer('Concatenate', { name: 'all' }),
            name: 'all',
            inbound_nodes: [node(times(inputs - calls + 1, 'x'))],
          },
          {
            ...layer('Dense', { name: 'y', units: 1 }),
            name: 'y',
            inbound_nodes: times(calls - 1, node(['all'])),
          },
        ],
        input_layers: [['x', 0, 0]],
        output_layers: [['y', 0, 0]],
      },
    });
  const tensor = (name: string): object => ({
    class_name: '__keras_tensor__',
    config: { keras_history: [name, 0, 0] },
  });
  const formats: [string, Make][] = [
    ['Keras 3', functional((names) => ({ args: [names.map(tensor)], kwargs: {} }))],
    ['Keras 2', functional((names) => names.map((name) => [name, 0, 0, {}]))],
    [
      'the shorthand',
      (inputs, calls) => ({
        inputs: [{ name: 'x', shape: [4] }],
        layers: {
          all: { type: 'concatenate', inputs: times(inputs - calls + 1, 'x') },
          y: { type: 'dense', units: 1, calls: times(calls - 1, 'all') },
        },
        outputs: 'y',
      }),
    ],
  ];
  const limits = { ...DEFAULT_LIMITS, calls: 3 };
  const messagesOf = (definition: unknown): string[] => {
    const parsed = parseModel(definition, limits);
    return parsed.ok ? [] : parsed.problems.map(({ message }) => message);
  };

  // Four inputs a call: twelve.
  test.each(formats)('%s', (_, make) => {
    expect(messagesOf(make(12, 3))).toEqual([]);
    expect(messagesOf(make(13, 3))).toContain('the calls of layers have more than 12 inputs together');
    expect(messagesOf(make(8, 4))).toContain('the model has more than 3 calls of layers');
  });
});
