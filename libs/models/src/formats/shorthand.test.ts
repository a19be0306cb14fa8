import { describe, expect, test } from '@jest/globals';
import { contentOf, graphOf, problemsOf, writtenModels } from '../testing/formats.js';
import { parseModel } from './parse.js';

const shorthands = writtenModels('shorthand');

test.each(shorthands)(
  '$name is the model that Keras 3 makes of it',
  ({ shorthand, definition, parameters }) => {
    const graph = graphOf(shorthand);
    expect(contentOf(graph)).toEqual(contentOf(graphOf(definition)));
    const sizes = graph.layers.flatMap(({ weights }) =>
      weights.map(({ shape }) => shape.reduce((a, b) => a * b, 1)),
    );
    expect(sizes.reduce((a, b) => a + b, 0)).toBe(parameters);
  },
);

/** The same JSON with the keys of all objects the other way round, as a store may give it back. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, reversed(inner)]);
  return Object.fromEntries(entries.reverse());
}

test.each(shorthands)('$name: nothing follows from the order of keys', ({ shorthand }) => {
  expect(contentOf(graphOf(reversed(shorthand)))).toEqual(contentOf(graphOf(shorthand)));
});

test('types in camelCase and as Keras writes them, settings in camelCase and with underscores', () => {
  const list = (conv: object, pool: object): unknown => [
    { type: 'input', shape: [8, 8, 1] },
    conv,
    pool,
    { type: 'Flatten' },
    { type: 'dense', units: 2 },
  ];
  const camel = list({ type: 'conv2d', filters: 3, kernelSize: 3 }, { type: 'maxPooling2d', poolSize: 2 });
  const keras = list({ type: 'Conv2D', filters: 3, kernel_size: 3 }, { type: 'MaxPooling2D', pool_size: 2 });
  const { layers, values } = graphOf(camel);
  expect(values).toEqual([[8, 8, 1], [6, 6, 3], [3, 3, 3], [27], [2]]);
  expect(layers.map(({ name }) => name)).toEqual(['conv2d', 'max_pooling2d', 'flatten', 'dense']);
  expect(contentOf(graphOf(keras))).toEqual(contentOf(graphOf(camel)));
});

test('layers without names are named as Keras does, around names that are taken', () => {
  const dense = { type: 'dense', units: 1 };
  const { layers } = graphOf([{ ...dense, input: [2] }, { ...dense, name: 'dense_1' }, dense]);
  expect(layers.map(({ name }) => name)).toEqual(['dense', 'dense_1', 'dense_2']);
});

describe('refused', () => {
  const dense = { type: 'dense', units: 1 };
  const first = { ...dense, input: [4] };
  const named = (layers: object, rest: object = {}): object => ({
    inputs: [4],
    layers,
    outputs: ['a'],
    ...rest,
  });
  const fromInput = { ...dense, inputs: 'input' };

  test.each<[string, unknown, string[]]>([
    ['no type', [{ units: 1, input: [4] }], ['/0 invalid_type']],
    ['an unknown type', [{ type: 'dnse', input: [4] }], ['/0/type unknownLayer']],
    ['an unknown setting, where it is', [{ ...first, kernelSise: 3 }], ['/0/kernelSise unknownKey']],
    ['a setting that is wrong', [{ ...first, useBias: 'no' }], ['/0/useBias invalid_type']],
    ['a setting that is missing', [{ type: 'dense', input: [4] }], ['/0 invalid_type']],
    ['a setting twice', [{ ...first, useBias: true, use_bias: true }], ['/0/use_bias twice']],
    [
      'a setting of a wrapped layer',
      [{ type: 'timeDistributed', layer: { type: 'dense', units: 0 }, input: [3, 4] }],
      ['/0/layer/units too_small'],
    ],
    ['no input shape', [dense], ['/0 noInputShape']],
    ['an input shape later', [first, { ...dense, input: [1] }], ['/1/input unknownKey']],
    ['connections in a list', [first, { ...dense, inputs: 'dense' }], ['/1/inputs unknownKey']],
    [
      'several inputs without an order',
      named(
        {
          i: { type: 'input', shape: [4] },
          j: { type: 'input', shape: [4] },
          a: { type: 'add', inputs: ['i', 'j'] },
        },
        { inputs: undefined },
      ),
      [' noInputs'],
    ],
    ['a layer that no output needs', named({ a: fromInput, b: fromInput }), ['/layers/b unusedLayer']],
    ['a layer without inputs', named({ a: dense }), ['/layers/a noInputs']],
    ['a layer that is not there', named({ a: { ...dense, inputs: 'b' } }), ['/layers/a unknownInput']],
    ['a cycle', named({ a: { ...dense, inputs: 'b' }, b: { ...dense, inputs: 'a' } }), [' cycle']],
    ['inputs and calls', named({ a: { ...fromInput, calls: ['input'] } }), ['/layers/a/calls twice']],
    [
      'settings beside a nested model',
      named({ a: { type: 'model', model: [dense], units: 3, inputs: 'input' } }),
      ['/layers/a/units unknownKey'],
    ],
  ])('%s', (_, definition, problems) => {
    expect(problemsOf(definition)).toEqual(problems);
  });

  test('with the key that is missing, the known name that is nearest, and what formats there are', () => {
    const words = (definition: unknown): string => JSON.stringify(parseModel(definition));
    expect(words([{ type: 'dense', input: [4] }])).toContain('\\"units\\" is missing');
    expect(words([{ type: 'dnse', input: [4] }])).toContain('Did you mean \\"Dense\\"?');
    expect(words({ a: 1 })).toMatch(/model\.to_json\(\).*modelTopology.*shorthand/);
  });
});
