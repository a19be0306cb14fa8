// Documents that look like definitions and mostly are none, for the fuzz test and for the measurement of answer times.

import fc from 'fast-check';
import { isRecord } from '../objects/forms.js';
import { writtenModels } from './formats.js';

/** Keys and values that other code may stumble over. */
const words = [
  '__proto__',
  'constructor',
  'toString',
  'length',
  '',
  'a/b',
  '~0',
  '\u0000',
  '😀',
  'é'.repeat(200),
];
/** Such as mean something somewhere else in a definition. */
const keys = [
  ...['class_name', 'config', 'layers', 'inbound_nodes', 'name', 'type', 'inputs', 'model', 'units', 'layer'],
  ...['activation', 'args', 'kwargs', 'keras_history', 'input_layers', 'output_layers', 'initial_state'],
  ...['formula', 'let', 'backward', 'parameters', 'shape', 'gradient', 'mean', 'variance', 'registered_name'],
];
const values = [
  ...[
    'dense',
    'Dense',
    'Dence',
    'LSTM',
    'relu',
    'Sequential',
    'Expression',
    '__keras_tensor__',
    'mine>Dense',
  ],
  ...[
    'x',
    'x + ',
    'sum(x)',
    'log(x)',
    'x * sigmoid(w * x)',
    'reshape(x, [2, -1])',
    '('.repeat(5000),
    'straightThrough',
  ],
];
const nested = (depth: number, innermost: unknown, around: (inner: unknown) => unknown): unknown => {
  let value = innermost;
  for (let at = 0; at < depth; at++) value = around(value);
  return value;
};
const extremes = [
  ...[
    0,
    -1,
    1.5,
    2 ** 31,
    2 ** 53,
    1e308,
    Number.NaN,
    Infinity,
    -Infinity,
    null,
    undefined,
    true,
    '',
    [],
    {},
  ],
  new Array(25_000).fill(0.5),
  new Array(3000).fill('x'),
  Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`k${at}`, at])),
  nested(150, 1, (inner) => [inner]),
  JSON.parse('{"__proto__": {"units": 3}, "constructor": {"prototype": 1}}') as unknown,
];
const odd = fc.oneof(
  fc.constantFrom<unknown>(...extremes, ...words, ...keys, ...values),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Any JSON, and lists of objects with a definition's keys. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  odd,
  fc.jsonValue(),
  fc.array(fc.dictionary(fc.constantFrom(...keys), odd)),
);

type Container = unknown[] | Record<string, unknown>;
const isContainer = (value: unknown): value is Container => Array.isArray(value) || isRecord(value);
type Place = readonly string[];

/** The paths to all values within one. */
function places(value: unknown, path: Place = [], found: Place[] = []): Place[] {
  if (!isContainer(value)) return found;
  for (const [key, inner] of Object.entries(value)) {
    const below = [...path, key];
    found.push(below);
    places(inner, below, found);
  }
  return found;
}

/** The container of a place and its key in there, as far as changes have left it. */
function at(document: unknown, place: Place): [Container, string] | null {
  let value = document;
  for (const [index, key] of place.entries()) {
    if (!isContainer(value) || !Object.hasOwn(value, key)) return null;
    if (index === place.length - 1) return [value, key];
    value = get(value, key);
  }
  return null;
}

const get = (container: Container, key: string): unknown => (container as Record<string, unknown>)[key];
const set = (container: Container, key: string, value: unknown): void => {
  Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
};
/** A copy, for a value that is put inside of itself would have no end. */
const copy = (value: unknown): unknown => structuredClone(value);

const changes: Readonly<
  Record<string, (at: [Container, string], other: [Container, string], value: unknown) => void>
> = {
  replace: ([container, key], _, value) => {
    set(container, key, copy(value));
  },
  drop: ([container, key]) => {
    if (Array.isArray(container)) container.splice(Number(key), 1);
    else Reflect.deleteProperty(container, key);
  },
  double: ([container, key]) => {
    if (Array.isArray(container)) container.push(copy(get(container, key)));
    else set(container, `${key}2`, copy(get(container, key)));
  },
  move: ([container, key], [from, at]) => {
    set(container, key, copy(get(from, at)));
  },
  rename: ([container, key], _, value) => {
    if (!Array.isArray(container))
      set(container, typeof value === 'string' ? value : `${key}_`, get(container, key));
  },
};

const change = fc.record({
  kind: fc.constantFrom(...Object.keys(changes)),
  one: fc.nat(),
  other: fc.nat(),
  value: odd,
});

/** Models with one to four changes at any places of theirs. */
export const changed = (models: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc
    .tuple(
      fc.constantFrom(...models.map((document) => ({ document, places: places(document) }))),
      fc.array(change, { minLength: 1, maxLength: 4 }),
    )
    .map(([model, list]) => {
      const document = copy(model.document);
      for (const { kind, one, other, value } of list) {
        const [target, source] = [one, other].map((number) =>
          at(document, model.places[number % model.places.length] ?? []),
        );
        if (target && source) changes[kind]?.(target, source, value);
      }
      return document;
    });

const tensor = (layer: string, shape: readonly number[]): object => ({
  class_name: '__keras_tensor__',
  config: { shape: [null, ...shape], dtype: 'float32', keras_history: [layer, 0, 0] },
});
const functional = (layers: readonly object[], output: string): object => ({
  class_name: 'Functional',
  config: {
    name: 'm',
    layers: [
      { class_name: 'InputLayer', config: { name: 'in', batch_shape: [null, 2, 4] }, inbound_nodes: [] },
      ...layers,
    ],
    input_layers: [['in', 0, 0]],
    output_layers: [[output, 0, 0]],
  },
});
const called = (class_name: string, config: object, args: unknown[], kwargs: object = {}): object => ({
  class_name,
  config,
  inbound_nodes: [{ args, kwargs }],
});
const scalar = { shape: [], initializer: 'ones' };
const swish = {
  name: 'e',
  inputs: ['x'],
  parameters: { beta: scalar },
  config: { scale: 2 },
  let: [{ name: 's', formula: 'sigmoid(beta * x)' }],
  formula: 'scale * x * s',
  backward: {
    x: 'gradient * scale * (s + beta * x * s * (1 - s))',
    beta: 'gradient * scale * x * x * s * (1 - s)',
  },
};

/** What no file of a golden model has: expressions, what wrappers hold, arguments by name, long settings. */
const own: readonly unknown[] = [
  functional(
    [
      called('Expression', swish, [tensor('in', [2, 4])]),
      called('Expression', { name: 'two', inputs: ['x', 'y'], formula: 'straightThrough(round(x), x) * y' }, [
        [tensor('in', [2, 4]), tensor('e', [2, 4])],
      ]),
      called(
        'TimeDistributed',
        { name: 't', layer: { class_name: 'Expression', config: { ...swish, name: 'i' } } },
        [tensor('two', [2, 4])],
      ),
      called('Dense', { name: 'out', units: 3 }, [tensor('t', [2, 4])]),
    ],
    'out',
  ),
  functional(
    [
      called('Normalization', { name: 'n', axis: -1, mean: [[0, 1, 2, 3]], variance: [[1, 1, 4, 4]] }, [
        tensor('in', [2, 4]),
      ]),
      called('Flatten', { name: 'f' }, [tensor('n', [2, 4])]),
      called('Dense', { name: 'h', units: 3 }, [tensor('f', [8])]),
      called('GRU', { name: 'g', units: 3 }, [], {
        sequences: tensor('n', [2, 4]),
        initial_state: tensor('h', [3]),
      }),
    ],
    'g',
  ),
];

const written = [
  ...writtenModels('keras').map(({ name, definition }) => ({ name, document: definition })),
  ...writtenModels('shorthand').flatMap(({ name, definition, shorthand }) => [
    { name, document: definition },
    { name, document: shorthand },
  ]),
];

/** Definitions that are right, in every format. */
export const models: readonly unknown[] = [...written.map(({ document }) => document), ...own];

/** Those among them that Keras 3 could have written. */
export const keras3Models: readonly unknown[] = [
  ...written.filter(({ name }) => name.startsWith('keras3')).map(({ document }) => document),
  ...own,
];
