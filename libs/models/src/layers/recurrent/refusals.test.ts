// What recurrent layers and wrappers refuse, without TensorFlow.

import { expect, test } from '@jest/globals';
import { parseModel } from '../../formats/parse.js';
import { graphOf } from '../../testing/formats.js';
import { planOf } from '../../testing/layer.js';

const lstm = (config: object = {}): object => ({ class_name: 'LSTM', config: { units: 2, ...config } });
const dense = { class_name: 'Dense', config: { units: 2, activity_regularizer: 'l2' } };

test.each([
  ['LSTM', { units: 2 }, [[4]], 'takes [steps, features]'],
  ['LSTM', { units: 2 }, [[4, 3], [2], [3]], 'takes initial states of the shapes [2], [2]'],
  ['GRU', { units: 2 }, [[1001, 3]], 'more than 1000'],
  ['LSTM', { units: 2, recurrent_dropout: 0.1 }, [[1001, 3]], 'more than 1000'],
  ['GRU', { units: 2, stateful: true }, [[4, 3]], 'is not supported: batches are shuffled'],
  ['GRU', { units: 2, dropout: 1 }, [[4, 3]], 'nothing would be left'],
  ['LSTM', { units: 2, activation: 'glu' }, [[4, 3]], 'glu gives fewer values than it takes'],
  ['GRU', { units: 3, recurrent_activation: 'glu' }, [[4, 3]], 'glu gives fewer values than it takes'],
  [
    'ConvLSTM2D',
    { filters: 1, kernel_size: 2, strides: 2, dilation_rate: 2 },
    [[2, 5, 5, 1]],
    'with strides',
  ],
  ['Bidirectional', { layer: dense }, [[4, 3]], '"Dense" has no direction'],
  ['Bidirectional', { layer: lstm() }, [[4, 3], [2]], 'states for both directions, it is given 1'],
  ['Bidirectional', { layer: lstm(), backward_layer: lstm() }, [[4, 3]], 'both run the same way'],
  [
    'Bidirectional',
    { layer: lstm(), backward_layer: lstm({ go_backwards: true, return_sequences: true }) },
    [[4, 3]],
    'differs from that of "layer"',
  ],
  [
    'Bidirectional',
    { layer: lstm(), backward_layer: lstm({ go_backwards: true, units: 3 }), merge_mode: 'sum' },
    [[4, 3]],
    'sum needs outputs of the same shape',
  ],
  ['TimeDistributed', { layer: lstm() }, [[4, 3]], 'takes [steps, features]'],
  ['TimeDistributed', { layer: dense }, [[4, 3]], 'has no effect in TimeDistributed'],
  ['TimeDistributed', { layer: lstm({ return_state: true }) }, [[2, 4, 3]], 'several outputs'],
])('%s %j on %j is refused', (type, config, shapes, message) => {
  expect(() => planOf(type, config, shapes)).toThrow(message);
});

test('tensors by name are the sequence and the initial states', () => {
  const plan = (names: (string | null)[]) => planOf('GRU', { units: 2 }, [[4, 3], [2]], { names });
  expect(plan(['sequences', 'initial_state']).outputs).toEqual([[2]]);
  expect(() => plan([null, 'mask'])).toThrow('takes no tensor as "mask" there');
  expect(() => plan(['initial_state', 'sequences'])).toThrow('takes no tensor as "initial_state" there');
});

test('a fused LSTM may be of any length', () => {
  expect(planOf('LSTM', { units: 2, dropout: 0.1 }, [[5000, 3]]).outputs).toEqual([[2]]);
});

const gruOf = (inputs: object): object => ({
  inputs: [
    { name: 'state', shape: [2] },
    { name: 'sequence', shape: [4, 3] },
  ],
  layers: { r: { type: 'gru', units: 2, inputs } },
  outputs: 'r',
});

test.each([
  [{ initialState: 'state', sequences: 'sequence' }],
  [{ sequences: 'sequence', initialState: 'state' }],
])('the order of keys means nothing: %j', (inputs) => {
  const graph = graphOf(gruOf(inputs));
  const [node] = graph.nodes;
  expect(node?.inputs.map((value) => graph.values[value])).toEqual([[4, 3], [2]]);
});

const wrapped = (type: string, layer: object): unknown[] => [{ type, layer, input: [4, 3] }];
const custom = { class_name: 'LSTM', config: { units: 2 }, module: 'mine', registered_name: 'mine>LSTM' };
test.each<[string, unknown, string[]]>([
  [
    'an unknown layer, with the nearest name',
    wrapped('bidirectional', { class_name: 'LSTMM', config: { units: 2 } }),
    ['/0/layer/class_name unknownLayer Did you mean "LSTM"?'],
  ],
  [
    'one in TimeDistributed',
    wrapped('timeDistributed', { class_name: 'Dence', config: { units: 2 } }),
    ['/0/layer/class_name unknownLayer Did you mean "Dense"?'],
  ],
  [
    'a registered class of the name of a layer',
    wrapped('bidirectional', custom),
    ['/0/layer/class_name unknownLayer Use layers of Keras only, such as "LSTM"'],
  ],
  [
    'a function of that name',
    wrapped('timeDistributed', { class_name: 'Softmax', config: {}, module: 'keras.src.ops.nn' }),
    ['/0/layer/class_name unknownLayer Use layers of Keras only, such as "Softmax"'],
  ],
])('a wrapper refuses %s', (_, definition, expected) => {
  const parsed = parseModel(definition);
  const said = parsed.ok
    ? []
    : parsed.problems.map(({ pointer, code, hint }) => `${String(pointer)} ${code} ${String(hint)}`);
  expect(said).toEqual(expected);
});
