// Definitions that are larger or odder than any model; none of them is one.

const MANY = 100_000;

const repeated = <T>(count: number, item: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => item(at));
const nested = (depth: number, innermost: unknown, around: (inner: unknown) => unknown): unknown => {
  let value = innermost;
  for (let at = 0; at < depth; at++) value = around(value);
  return value;
};
const dense = (units: unknown): object => ({ type: 'dense', units });
const keras = (config: object): object => ({ class_name: 'Sequential', config });
const named = (layers: object, outputs: unknown = ['a']): object => ({ inputs: [4], layers, outputs });
/** Expressions after an input of three values. */
const expressions = (configs: readonly object[]): object =>
  keras({
    layers: [
      { class_name: 'InputLayer', config: { batch_shape: [null, 3] } },
      ...configs.map((config, at) => ({
        class_name: 'Expression',
        config: { name: `e${at}`, inputs: ['x'], formula: 'x', ...config },
      })),
    ],
  });
/** Each model calls the one in it ten times, and nothing in there computes. */
const bomb = nested(12, [{ type: 'input', shape: [4] }], (model) => ({
  inputs: [4],
  layers: { m: { type: 'model', model, calls: ['input', ...repeated(9, (at) => `m:${at}`)] } },
  outputs: ['m:9'],
}));

export const hostile: readonly (readonly [name: string, document: unknown])[] = [
  ['10,000 layers', [{ ...dense(1), input: [1] }, ...repeated(9999, () => dense(1))]],
  [
    '10,000 layers of Keras',
    keras({ layers: repeated(10_000, () => ({ class_name: 'Dense', config: { units: 1 } })) }),
  ],
  ['10,000 layers by name', named(Object.fromEntries(repeated(10_000, (at) => [`l${at}`, dense(1)])))],
  ['1,900 unknown layers', repeated(1900, (at) => ({ type: `layr${at}`, input: [1] }))],
  ['an unknown layer', [{ type: 'dence', units: 1, input: [4] }]],
  ['2^31 units', [{ ...dense(2 ** 31), input: [4] }]],
  ['units without end', [{ ...dense(Infinity), input: [4] }]],
  ['units that are no number', [{ ...dense(Number.NaN), input: [4] }]],
  ['a rate that is no number', [{ type: 'dropout', rate: Number.NaN, input: [4] }, { ...dense(1) }]],
  [
    'a setting of an expression that is no number',
    expressions([{ config: { n: Number.NaN }, formula: 'n * x' }]),
  ],
  ['lengths whose product is no number', [{ ...dense(1), input: repeated(400, () => 1e9) }]],
  ['a cycle', named({ a: { ...dense(1), inputs: 'b' }, b: { ...dense(1), inputs: 'a' } })],
  [
    'a cycle of 1,900 layers',
    named(
      Object.fromEntries(repeated(1900, (at) => [`l${at}`, { ...dense(1), inputs: `l${(at + 1) % 1900}` }])),
      ['l0'],
    ),
  ],
  ['itself as an input', named({ a: { ...dense(1), inputs: 'a' } })],
  ['an output that is not there', named({ a: { ...dense(1), inputs: 'input' } }, ['a:0:1'])],
  ['a call that is not there', named({ a: { ...dense(1), inputs: 'input' } }, ['a:7'])],
  ['an input that is no input', { ...named({ a: { ...dense(1), inputs: 'input' } }), inputs: ['a'] }],
  [
    'prototype keys',
    JSON.parse(
      '{"__proto__": {"layers": []}, "layers": {"__proto__": {"type": "dense"}}, "outputs": "__proto__"}',
    ),
  ],
  [
    'prototype keys of an expression',
    expressions([
      JSON.parse('{"parameters": {"__proto__": {"shape": [], "initializer": "ones"}}}') as object,
    ]),
  ],
  ['lists in lists', nested(5000, [], (inner) => [inner])],
  ['objects in objects', nested(5000, {}, (inner) => ({ layers: [inner] }))],
  ['models in models', nested(20, [{ ...dense(1), input: [1] }], (model) => [{ type: 'model', model }])],
  ['models that multiply', bomb],
  [
    'a wrapper in itself',
    [{ input: [3, 4], ...(nested(30, dense(1), (layer) => ({ type: 'timeDistributed', layer })) as object) }],
  ],
  [
    '100,000 unknown keys',
    [{ ...dense(1), input: [1], ...Object.fromEntries(repeated(MANY, (at) => [`k${at}`, at])) }],
  ],
  ['100,000 calls', named({ a: { ...dense(1), calls: repeated(MANY, () => 'input') } })],
  ['100,000 inputs of a call', named({ a: { type: 'add', inputs: repeated(MANY, () => 'input') } })],
  ['100,000 lengths', [{ type: 'reshape', targetShape: repeated(MANY, () => 1.5), input: [4] }]],
  [
    '100,000 means for four values',
    [{ type: 'normalization', mean: repeated(MANY, () => 0), variance: repeated(MANY, () => 1), input: [4] }],
  ],
  ['formulas of 100,000 characters', expressions(repeated(25, () => ({ formula: `${' '.repeat(4000)}x` })))],
  [
    '300 layers with gradients of their own',
    expressions(
      repeated(300, (at) => ({
        formula: `tanh(${at + 1} / 99 * x)`,
        backward: { x: `gradient * ${at + 1} / 99 * (1 - output ^ 2)` },
      })),
    ),
  ],
  ['10,000 brackets', expressions([{ formula: '('.repeat(10_000) }])],
  ['a long name', [{ ...dense(1), input: [1], name: 'x'.repeat(1_000_000) }]],
  ['a long type', [{ type: 'x'.repeat(1_000_000), input: [1] }]],
  ['no JSON at all', Symbol('model')],
  ['nothing', undefined],
];
