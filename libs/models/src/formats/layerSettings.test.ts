// The settings of every layer as Keras 3.15.1 wrote them (testing/golden/layers): read into a graph and written again.

import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { graphOf, settingsOf, writtenForKeras3 } from '../testing/formats.js';

const FOLDER = path.join(import.meta.dirname, '../testing/golden/layers');

type Nested = number | readonly Nested[];
interface Case {
  readonly class?: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inputs: readonly Nested[];
  readonly call?: {
    readonly arguments?: number[];
    readonly names?: (string | null)[];
    readonly options?: object;
  };
}
interface File extends Pick<Case, 'class'> {
  readonly cases: readonly Case[];
}

/** The name under which Keras reads a class that is called otherwise in Python. */
const PUBLIC_NAMES: Readonly<Record<string, string>> = { GroupedQueryAttention: 'GroupQueryAttention' };

const shapeOf = (value: Nested): number[] =>
  typeof value === 'number' ? [] : [value.length, ...shapeOf(value[0] ?? 0)];

/** A function of Python's in the file, whose definition there is that of `gelu_tanh`. */
const PYTHON = 'golden>GELU_TANH';

const cases = readdirSync(FOLDER).flatMap((file) => {
  const text = readFileSync(path.join(FOLDER, file), 'utf8').replaceAll(PYTHON, 'gelu_tanh');
  const { class: type, cases: list } = JSON.parse(text) as File;
  return list.map((one, at) => ({ file, at, type: one.class ?? type ?? '', one }));
});

/** A model with the layer in it, and one with weights beside it. */
function modelOf(type: string, { config, inputs, call = {} }: Case): object {
  const shapes = inputs.map((input) => shapeOf(input).slice(1));
  const places = shapes.map((_, at) => at);
  // Query and value are the same where there is one input.
  const isAlone = type === 'MultiHeadAttention' && places.length === 1;
  const order = call.arguments ?? (isAlone ? [0, 0] : places);
  const tensor = (at: number): object => ({
    class_name: '__keras_tensor__',
    config: { shape: [null, ...(shapes[at] ?? [])], dtype: 'float32', keras_history: [`in${at}`, 0, 0] },
  });
  const names = call.names ?? [];
  const byName = [...new Set(names)].flatMap((name) => {
    const tensors = order.filter((_, place) => names[place] === name).map(tensor);
    return name === null ? [] : [[name, tensors.length === 1 ? tensors[0] : tensors] as const];
  });
  const args = order.flatMap((at, place) => (names[place] ? [] : [tensor(at)]));
  const kwargs = { ...Object.fromEntries(byName), ...call.options };
  return {
    class_name: 'Functional',
    config: {
      name: 'm',
      layers: [
        ...shapes.map((shape, at) => ({
          class_name: 'InputLayer',
          config: { name: `in${at}`, batch_shape: [null, ...shape] },
          inbound_nodes: [],
        })),
        { class_name: type, config: { ...config, name: 'it' }, inbound_nodes: [{ args, kwargs }] },
        {
          class_name: 'Dense',
          config: { name: 'beside', units: 1 },
          inbound_nodes: [{ args: [tensor(0)], kwargs: {} }],
        },
      ],
      input_layers: shapes.map((_, at) => [`in${at}`, 0, 0]),
      output_layers: [
        ['it', 0, 0],
        ['beside', 0, 0],
      ],
    },
  };
}

test.each(cases)('$type of $file, case $at', ({ type, one }) => {
  const definition = JSON.parse(JSON.stringify(modelOf(type, one))) as unknown;
  const graph = graphOf(definition);
  const written = writtenForKeras3(graph);
  expect(settingsOf(written).get('/m/it')).toEqual(
    settingsOf(modelOf(PUBLIC_NAMES[type] ?? type, one)).get('/m/it'),
  );
  expect(settingsOf(writtenForKeras3(graphOf(written)))).toEqual(settingsOf(written));
});
