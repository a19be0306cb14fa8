import { describe, expect, test } from '@jest/globals';
import { summarize } from '../graph/summary.js';
import { parseModel } from './parse.js';

const layer = (type: string, config: object = {}): object => ({
  module: 'keras.layers',
  class_name: type,
  config,
  registered_name: null,
});
const input = (...shape: number[]): object =>
  layer('InputLayer', { batch_shape: [null, ...shape], dtype: 'float32', sparse: false, name: 'in' });
const model = (...layers: object[]): object => ({
  module: 'keras',
  class_name: 'Sequential',
  config: { name: 'm', layers },
});

/** The graph of a definition that must be valid. */
function graphOf(definition: object) {
  const parsed = parseModel(definition);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.graph;
}

/** Pointers and codes of the problems of a definition. */
function problemsOf(definition: unknown): string[] {
  const parsed = parseModel(definition);
  return parsed.ok ? [] : parsed.problems.map(({ pointer, code }) => `${pointer ?? ''} ${code}`);
}

const cnn = model(
  input(28, 28, 1),
  layer('Conv2D', { name: 'c1', filters: 32, kernel_size: [3, 3], activation: 'relu' }),
  layer('MaxPooling2D', { name: 'p1', pool_size: [2, 2] }),
  layer('Conv2D', {
    name: 'c2',
    filters: 64,
    kernel_size: 3,
    activation: 'relu',
    padding: 'same',
    strides: 2,
  }),
  layer('Flatten', { name: 'f' }),
  layer('Dropout', { name: 'd', rate: 0.5 }),
  layer('Dense', { name: 'out', units: 10, activation: 'softmax' }),
);

test('a summary has all inputs and outputs, with what ids are', () => {
  const graph = graphOf({
    inputs: [
      { name: 'ids', shape: [5], dtype: 'int32' },
      { name: 'x', shape: [2, 3] },
    ],
    layers: {
      words: { type: 'embedding', input_dim: 9, output_dim: 2, inputs: 'ids' },
      a: { type: 'flatten', inputs: 'words' },
      b: { type: 'flatten', inputs: 'x' },
      kind: { type: 'dense', units: 4, inputs: 'a' },
      price: { type: 'dense', units: 1, inputs: 'b' },
    },
    outputs: ['kind', 'price'],
  });
  const { inputs, outputs } = summarize(graph);
  expect(inputs).toEqual([
    { name: 'ids', shape: [5], dtype: 'int32' },
    { name: 'x', shape: [2, 3], dtype: 'float32' },
  ]);
  expect(outputs).toEqual([
    { name: 'kind', shape: [4], dtype: 'float32' },
    { name: 'price', shape: [1], dtype: 'float32' },
  ]);
});

describe('parseModel', () => {
  test('shapes and parameters of a CNN are those of the formulas', () => {
    // Convolution: (3·3·1 + 1)·32 = 320 and (3·3·32 + 1)·64 = 18,496; 28 → 26 → 13 → ceil(13 / 2) = 7; 7·7·64 = 3,136;
    // dense: (3,136 + 1)·10 = 31,370.
    const summary = summarize(graphOf(cnn));
    expect(summary.layers.map(({ outputShape }) => outputShape)).toEqual([
      [26, 26, 32],
      [13, 13, 32],
      [7, 7, 64],
      [3136],
      [3136],
      [10],
    ]);
    expect(summary.layers.map(({ parameterCount }) => parameterCount)).toEqual([
      320, 0, 18_496, 0, 0, 31_370,
    ]);
    expect(summary.parameterCount).toBe(50_186);
  });

  test("Keras's serialized objects are read, with its defaults", () => {
    const kernel = {
      module: 'keras.initializers',
      class_name: 'HeNormal',
      config: { seed: null },
      registered_name: null,
    };
    const dtype = {
      module: 'keras',
      class_name: 'DTypePolicy',
      config: { name: 'float32' },
      registered_name: null,
    };
    const graph = graphOf(
      model(
        input(4),
        layer('Dense', { name: 'a', units: 2, dtype, kernel_initializer: kernel, bias_regularizer: null }),
      ),
    );
    expect(graph.layers[0]?.weights).toEqual([
      expect.objectContaining({ name: 'kernel', shape: [4, 2], initializer: { name: 'heNormal' } }),
      expect.objectContaining({ name: 'bias', shape: [2], initializer: { name: 'zeros' } }),
    ]);
  });

  test('every mistake is listed with its place', () => {
    const broken = model(
      input(4),
      layer('Dense', {
        units: 0,
        activation: 'swishy',
        kernel_regularizer: { class_name: 'L2' },
        colour: 'red',
      }),
      layer('Lambda', { function: 'print(1)' }),
    );
    expect(problemsOf(broken)).toEqual([
      '/config/layers/1/config/activation custom',
      '/config/layers/1/config/units too_small',
      '/config/layers/1/config/colour unknownKey',
      '/config/layers/2/class_name unknownLayer',
    ]);
  });

  test.each([
    ['no model', { a: 1 }, ' unknownFormat'],
    [
      'a layer that does not fit',
      model(
        input(8, 8, 1),
        layer('Conv2D', { filters: 2, kernel_size: 3 }),
        layer('Flatten'),
        layer('Conv2D', { filters: 2, kernel_size: 3 }),
      ),
      '/config/layers/3 shape',
    ],
    [
      'a window beyond the image',
      model(input(2, 2, 1), layer('Conv2D', { filters: 1, kernel_size: 3 })),
      '/config/layers/1 shape',
    ],
    ['no input shape', model(layer('Dense', { units: 2 })), '/config/layers/0 noInputShape'],
    ['nothing to train', model(input(4), layer('Flatten')), '/config/layers nothingToTrain'],
    [
      'a name twice',
      model(input(4), layer('Dense', { name: 'a', units: 2 }), layer('Dense', { name: 'a', units: 2 })),
      '/config/layers/2/config/name duplicateName',
    ],
    [
      'a name with a slash',
      model(input(4), layer('Dense', { name: 'a/b', units: 2 })),
      '/config/layers/1/config/name badName',
    ],
    [
      'a key beside the layers that is not known',
      { ...model(input(4), layer('Dense', { units: 2 })), weights: 'here' },
      '/weights unknownKey',
    ],
    [
      'a model in a wrapper',
      model(
        input(5, 4),
        layer('TimeDistributed', { layer: { class_name: 'Functional', config: { layers: [] } } }),
      ),
      '/config/layers/1/config/layer/class_name modelInWrapper',
    ],
    [
      'a setting in a model in a wrapper',
      model(input(5, 4), layer('TimeDistributed', { layer: model(input(4), layer('Dense', { units: 0 })) })),
      '/config/layers/1/config/layer/config/layers/1/config/units too_small',
    ],
    [
      'a wrapper of a model with a setting that is not known',
      model(
        input(5, 4),
        layer('TimeDistributed', { layer: model(input(4), layer('Dense', { units: 1 })), steps: 5 }),
      ),
      '/config/layers/1/config/steps unknownKey',
    ],
    [
      'a wrapper in a wrapper',
      model(
        input(5, 4, 3),
        layer('TimeDistributed', {
          layer: layer('TimeDistributed', { layer: layer('Dense', { units: 2 }) }),
        }),
      ),
      '/config/layers/1/config/layer/config/layer wrapperInWrapper',
    ],
    [
      'a key beside a layer that is not known',
      model(input(4), { ...layer('Dense', { units: 2 }), weights: [] }),
      '/config/layers/1/weights unknownKey',
    ],
    [
      'an initializer with a setting that is not known',
      model(
        input(4),
        layer('Dense', { units: 2, kernel_initializer: { class_name: 'Zeros', config: { scale: 2 } } }),
      ),
      '/config/layers/1/config/kernel_initializer/config/scale unknownKey',
    ],
    // Its summary would hold a number beyond 2^53, which no list could show again.
    [
      'an input of more values than can be counted',
      model(
        input(9e15, 9e15, 1),
        layer('Conv2D', { filters: 1, kernel_size: 1 }),
        layer('Flatten'),
        layer('Dense', { units: 1 }),
      ),
      '/config/layers/0 tooLarge',
    ],
    [
      'an output of more values than can be counted',
      model(
        input(1000, 1000, 1),
        layer('Conv2D', { filters: 3000, kernel_size: 1 }),
        layer('Flatten'),
        layer('Dense', { units: 1 }),
      ),
      '/config/layers/1 tooLarge',
    ],
    [
      'too many parameters',
      model(input(100_000), layer('Dense', { units: 100_000 })),
      '/config/layers tooLarge',
    ],
  ])('refused: %s', (_, definition, problem) => {
    expect(problemsOf(definition)).toContain(problem);
  });
});

test("what Keras writes beside a model's layers is read", () => {
  // Keras 3, src/models/sequential.py (get_config) and src/saving/serialization_lib.py (serialize_keras_object).
  const dtype = {
    module: 'keras',
    class_name: 'DTypePolicy',
    config: { name: 'float32' },
    registered_name: null,
  };
  const dense = { ...layer('Dense', { name: 'dense', trainable: true, dtype, units: 2 }) };
  const written = {
    module: 'keras',
    class_name: 'Sequential',
    config: {
      name: 'sequential',
      trainable: true,
      dtype,
      layers: [input(4), { ...dense, build_config: { input_shape: [null, 4] } }],
      build_input_shape: [null, 4],
    },
    registered_name: null,
    build_config: { input_shape: [null, 4] },
  };
  expect(summarize(graphOf(written)).parameterCount).toBe(10); // (4 + 1) · 2
});
