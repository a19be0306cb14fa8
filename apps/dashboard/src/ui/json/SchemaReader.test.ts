import { expect, test } from '@jest/globals';
import { SchemaReader } from './SchemaReader.js';
import { runSchema } from './testing/runSchema.js';

const reader = new SchemaReader(runSchema);
const names = (path: (string | number)[], document: unknown): string[] =>
  reader.namesAt(path, document).map(({ name }) => name);

test('the settings of what is named, and of all where nothing is', () => {
  expect(names(['optimizer'], { optimizer: { name: 'sgd' } })).toEqual(['name', 'learningRate', 'momentum']);
  expect(names(['optimizer'], { optimizer: { name: 'a' } })).toEqual([
    ...['name', 'learningRate', 'amsgrad', 'momentum'],
  ]);
  expect(names([], {})).toContain('epochs');
});

test('what is required may be missing while it is written', () => {
  expect(names(['schedule'], { schedule: { name: 'exponential' } })).toEqual(['name', 'decaySteps']);
});

test('of objects that exclude each other, the one that is written', () => {
  expect(names(['clip'], { clip: {} })).toEqual(['globalNorm', 'value']);
  expect(names(['clip'], { clip: { value: 1 } })).toEqual(['value']);
});

test('a layer has the settings of its type, and the first one the shape of the input', () => {
  const model = [{ type: 'dense' }, { type: 'dropout' }, {}];
  expect(names(['model', 0], { model })).toEqual(['input', 'type', 'name', 'units', 'activation']);
  expect(names(['model', 1], { model })).toEqual(['type', 'name', 'rate']);
  expect(names(['model', 2], { model })).toEqual(['type', 'name']);
});

test('values are those that the schema names', () => {
  expect(reader.valuesAt(['optimizer'], {})).toEqual(['adam', 'sgd']);
  expect(reader.valuesAt(['optimizer', 'name'], { optimizer: {} })).toEqual(['adam', 'sgd']);
  expect(reader.valuesAt(['shuffle'], {})).toEqual([true, false]);
  expect(reader.valuesAt(['metrics', 0], { metrics: [] })).toEqual(['accuracy', 'f1']);
  expect(reader.valuesAt(['model', 0, 'type'], { model: [{}] })).toEqual(['dense', 'dropout']);
});

test.each([
  [['optimizer', 'learningRate'], {}, 0.001],
  [['optimizer', 'learningRate'], { optimizer: 'sgd' }, 0.01],
  [['optimizer', 'learningRate'], { optimizer: { name: 'sgd', momentum: 0.9 } }, 0.01],
  [['optimizer', 'learningRate'], { optimizer: { name: 'nobody' } }, undefined],
  [['split', 'train'], {}, 0.8],
  [['telemetry', 'every'], {}, 'auto'],
  [['epochs'], { epochs: 'x' }, 10],
  [['nowhere', 'at', 'all'], {}, undefined],
])('the default of %p in %p', (path, document, initial) => {
  expect(reader.defaultAt(path, document)).toBe(initial);
});

test('what refers to itself ends', () => {
  const round = new SchemaReader({
    $ref: '#/$defs/A',
    $defs: { A: { anyOf: [{ $ref: '#/$defs/A' }, { type: 'null' }] } },
  });
  expect(round.valuesAt([], null)).toEqual([null]);
});
