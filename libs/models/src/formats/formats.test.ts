// Models as Keras 3, Keras 2 and TensorFlow.js write them, read and written again.

import { beforeAll, describe, expect, test } from '@jest/globals';
import { env, models, type io } from '@tensorflow/tfjs';
import {
  contentOf,
  graphOf,
  problemsOf,
  settingsOf,
  writtenForKeras3,
  writtenModels,
} from '../testing/formats.js';
import { toKeras3 } from './export/toKeras3.js';
import { toTfjs } from './export/toTfjs.js';

const written = [...writtenModels('keras3-'), ...writtenModels('keras2-')];

test.each(written)("$name has as many parameters as Keras's", ({ definition, parameters }) => {
  const { layers } = graphOf(definition);
  const sizes = layers.flatMap(({ weights }) => weights.map(({ shape }) => shape.reduce((a, b) => a * b, 1)));
  expect(sizes.reduce((a, b) => a + b, 0)).toBe(parameters);
});

test.each(writtenModels('keras2-'))('$name is the model that Keras 3 writes', ({ name, definition }) => {
  const newer = written.find((one) => one.name === name.replace('keras2', 'keras3'));
  const shape = (graph: ReturnType<typeof graphOf>): unknown => ({
    values: graph.values,
    nodes: graph.nodes.map(({ inputs, outputs, layer, plan }) => [inputs, outputs, layer.type, plan.flops]),
    weights: graph.layers.map(({ weights }) => weights),
    outputs: graph.outputs.map(({ value }) => value),
  });
  expect(shape(graphOf(definition))).toEqual(shape(graphOf(newer?.definition)));
});

test.each(written)('$name: written as Keras 3 and read again, the same graph', ({ definition }) => {
  const graph = graphOf(definition);
  const exported = writtenForKeras3(graph);
  const again = graphOf(exported);
  expect(contentOf(again)).toEqual(contentOf(graph));
  expect(settingsOf(writtenForKeras3(again))).toEqual(settingsOf(exported));
});

test.each(writtenModels('keras3-'))(
  '$name: the settings of each layer are those that Keras wrote',
  ({ definition }) => {
    const original = settingsOf(definition);
    expect(original.size).toBeGreaterThan(2);
    expect(settingsOf(writtenForKeras3(graphOf(definition)))).toEqual(original);
  },
);

const swish = { class_name: 'Expression', config: { name: 's', inputs: ['x'], formula: 'x * sigmoid(x)' } };
test.each<[string, object]>([
  ['an Expression', swish],
  ['an Expression in a wrapper', { class_name: 'TimeDistributed', config: { name: 't', layer: swish } }],
])('%s is neither in Keras nor in TensorFlow.js', (_, layer) => {
  const input = { class_name: 'InputLayer', config: { batch_shape: [null, 2, 3] } };
  const dense = { class_name: 'Dense', config: { units: 1 } };
  const graph = graphOf({ class_name: 'Sequential', config: { layers: [input, layer, dense] } });
  const [keras, tfjs] = [toKeras3(graph), toTfjs(graph)];
  expect(keras.ok ? [] : keras.problems).toMatchObject([
    {
      pointer: '/config/layers/1',
      code: 'notInKeras',
      message: 'the layer Expression does not exist in Keras',
    },
  ]);
  expect(tfjs.ok ? [] : tfjs.problems).toMatchObject([{ pointer: '/config/layers/1', code: 'notInTfjs' }]);
});

/** Names of the fixtures whose layers all exist in TensorFlow.js. */
const IN_TFJS = ['sequential', 'branches', 'merged', 'shared', 'nested'];

describe('TensorFlow.js', () => {
  beforeAll(() => {
    env().set('IS_NODE', false); // It would advertise its native package.
  });

  test.each(written.filter(({ name }) => IN_TFJS.some((one) => name.endsWith(one))))(
    '$name: loaded, and read again from what it writes',
    async ({ definition, parameters }) => {
      const graph = graphOf(definition);
      const exported = toTfjs(graph);
      if (!exported.ok) throw new Error(JSON.stringify(exported.problems));
      const modelTopology = JSON.parse(JSON.stringify(exported.topology)) as io.ModelJSON['modelTopology'];
      expect(contentOf(graphOf({ modelTopology, weightsManifest: [], format: 'layers-model' }))).toEqual(
        contentOf(graph),
      );
      const model = await models.modelFromJSON(modelTopology);
      expect(model.countParams()).toBe(parameters);
      expect(model.outputs.map(({ shape }) => shape.slice(1))).toEqual(
        graph.outputs.map(({ shape }) => shape),
      );
      const again = graphOf(model.toJSON(null, false));
      expect(again.values).toEqual(graph.values);
      expect(again.nodes.map(({ inputs, outputs }) => [inputs, outputs])).toEqual(
        graph.nodes.map(({ inputs, outputs }) => [inputs, outputs]),
      );
      model.dispose();
    },
  );

  test('layers of a frozen model are frozen one by one', () => {
    const dense = { type: 'dense', units: 2 };
    const graph = graphOf([
      { ...dense, input: [3] },
      { type: 'model', model: [dense, dense], trainable: false },
    ]);
    const exported = toTfjs(graph);
    const again = exported.ok ? graphOf(exported.topology).layers : [];
    expect(again.map(({ trainable }) => trainable)).toEqual([true, false, false]);
    expect(again).toEqual(graph.layers);
  });

  test('a Bidirectional whose backward layer mirrors the forward one, as Keras 3 writes it', async () => {
    const lstm = (go_backwards: boolean, units: number): object => ({
      class_name: 'LSTM',
      config: { units, go_backwards },
    });
    const graph = (units: number): ReturnType<typeof graphOf> =>
      graphOf([
        { type: 'bidirectional', layer: lstm(false, 2), backwardLayer: lstm(true, units), input: [5, 3] },
      ]);
    const exported = toTfjs(graph(2));
    if (!exported.ok) throw new Error(JSON.stringify(exported.problems));
    const model = await models.modelFromJSON(
      JSON.parse(JSON.stringify(exported.topology)) as io.ModelJSON['modelTopology'],
    );
    expect(model.countParams()).toBe(2 * 4 * (3 + 2 + 1) * 2); // Two LSTMs of four gates with inputs, states, bias.
    model.dispose();
    expect(toTfjs(graph(3)).ok).toBe(false);
  });

  test('what it does not have is listed', () => {
    const model = [
      { type: 'conv2d', filters: 4, kernelSize: 3, groups: 2, activation: 'hardSigmoid', input: [8, 8, 2] },
      { type: 'groupNormalization', groups: 2 },
      { type: 'flatten' },
      { type: 'dense', units: 1, kernelRegularizer: 'orthogonal' },
      { type: 'flatten' },
    ];
    const exported = toTfjs(graphOf(model));
    const problems = exported.ok ? [] : exported.problems;
    expect(problems.map(({ pointer, code, message }) => [pointer, code, message])).toEqual([
      ['/4', 'notInTfjs', 'Flatten takes no vectors in TensorFlow.js, "flatten_1" is given one'],
      ['/0', 'notInTfjs', 'Conv2D has no "groups" in TensorFlow.js'],
      ['/0', 'notInTfjs', 'the activation hard_sigmoid is not in TensorFlow.js, or differs there'],
      [
        '/1',
        'notInTfjs',
        'the layer GroupNormalization does not exist in TensorFlow.js, or computes something else there',
      ],
      ['/3', 'notInTfjs', 'the orthogonal regularizer is not in TensorFlow.js'],
    ]);
  });
});

describe('Keras 2', () => {
  const keras2 = (...layers: object[]): object => ({
    class_name: 'Sequential',
    config: { name: 'm', layers },
    keras_version: '2.4.0',
    backend: 'tensorflow',
  });
  const first = { class_name: 'Dense', config: { name: 'a', units: 3, batch_input_shape: [null, 4] } };

  test('the list of layers alone, as early versions write it', () => {
    expect(graphOf({ class_name: 'Sequential', config: [first] }).inputShape).toEqual([4]);
  });

  test('old names are read, and mistakes in them are placed where they are', () => {
    const leaky = (alpha: unknown): object =>
      keras2(first, { class_name: 'LeakyReLU', config: { name: 'b', alpha } });
    expect(problemsOf(leaky(0.2))).toEqual([]);
    expect(problemsOf(leaky('much'))).toEqual(['/config/layers/1/config/alpha invalid_type']);
  });

  test("its hard_sigmoid, which is not Keras 3's, is refused", () => {
    const hard = { class_name: 'Dense', config: { name: 'b', units: 1, activation: 'hard_sigmoid' } };
    expect(problemsOf(keras2(first, hard))).toEqual(['/config/layers/1/config/activation hardSigmoid']);
    expect(problemsOf([{ type: 'dense', units: 1, activation: 'hardSigmoid', input: [2] }])).toEqual([]);
  });
});
