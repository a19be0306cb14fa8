import { expect, test } from '@jest/globals';
import type { DatasetColumn } from '@gradstream/sdk';
import { written } from '../../../ui/json/values.js';
import { fromTemplate, type Draft } from '../draft.js';
import { templates, type Template } from '../templates.js';
import { guessFor, type Guess } from './guess.js';
import { isStanding, withoutGuess } from './madeGuess.js';

const column = (name: string, more: Partial<DatasetColumn> = {}): DatasetColumn => ({
  ...{ name, type: 'numeric', shape: [], missing: 0, distinct: null },
  ...{ min: 0, max: 1.5, mean: 0.5, std: 0.5, ...more },
});
const template = (id: string): Template => {
  const found = templates.find((one) => one.id === id);
  if (!found) throw new Error(`there is no template "${id}"`);
  return found;
};
const EMPTY: Draft = { datasetId: null, modelId: null, model: '[]', settings: '{}', guessed: null };
const draftOf = (id: string): Draft => fromTemplate(EMPTY, template(id));
const read = (guess: Guess | null) => ({
  settings: JSON.parse(guess?.settings ?? 'null') as unknown,
  model: JSON.parse(guess?.model ?? 'null') as unknown,
});

const pixels = Array.from({ length: 64 }, (_, at) => column(`p${at}`));
const label = column('label', { distinct: 10, min: 0, max: 9 });
const irises = [
  ...['sepal', 'petal', 'stem'].map((name) => column(name)),
  column('species', { type: 'categorical', distinct: 3, min: null, max: null }),
];

test.each(templates.map(({ id }) => id))('the template %s fits the digits as it is', (id) => {
  expect(guessFor(draftOf(id), [...pixels, label], true)).toBeNull();
});

test('of other columns: target, inputs, and both ends of the network', () => {
  const guess = guessFor(draftOf('mlp'), irises, true);
  expect(read(guess)).toMatchObject({
    settings: {
      inputs: [{ all: true, scale: 'standardize' }],
      target: { column: 'species', task: 'classification' },
      loss: 'sparseCategoricalCrossentropy',
      epochs: 20,
    },
    model: [{ units: 64, input: [3] }, { units: 32 }, { type: 'dense', units: 3, activation: 'softmax' }],
  });
  expect(guess?.notes).toHaveLength(3);
});

test('numbers are a regression, and categories are one-hot; what is missing is filled', () => {
  const city = column('city', { type: 'categorical', distinct: 4, missing: 2 });
  const guess = guessFor(draftOf('mlp'), [column('rooms'), city, column('price')], true);
  expect(read(guess)).toMatchObject({
    settings: {
      inputs: [{ columns: ['rooms', 'city'], scale: 'standardize', missing: 'median' }],
      target: { column: 'price', task: 'regression' },
      loss: 'meanSquaredError',
      metrics: ['meanAbsoluteError'],
    },
    model: [{ input: [5] }, {}, { type: 'dense', units: 1 }],
  });
});

test('two classes have one unit', () => {
  const guess = guessFor(draftOf('mlp'), [column('a'), column('y', { distinct: 2, min: 0, max: 1 })], true);
  expect(read(guess)).toMatchObject({
    settings: { target: { column: 'y', task: 'binary' }, loss: 'binaryCrossentropy' },
    model: [{ input: [1] }, {}, { units: 1, activation: 'sigmoid' }],
  });
});

test.each([
  ['image', [32, 32, 3], { type: 'conv2d', input: [32, 32, 3] }],
  ['array', [20, 4], { type: 'lstm', input: [20, 4] }],
  ['text', [], { type: 'input', dtype: 'int32' }],
] as const)('of a column of type %s another network is made', (type, shape, first) => {
  const classes = column('label', { type: 'categorical', distinct: 5 });
  const columns = [column('x', { type, shape: [...shape] }), classes];
  const { model } = read(guessFor(draftOf('mlp'), columns, true));
  expect(model).toEqual(expect.arrayContaining([expect.objectContaining(first)]));
  expect(model).toEqual(expect.arrayContaining([{ type: 'dense', units: 5, activation: 'softmax' }]));
});

test('a network that somebody has just asked for is not replaced', () => {
  const guess = guessFor(draftOf('lstm'), irises, false);
  expect(guess?.model).toBe(draftOf('lstm').model);
  expect(read(guessFor(draftOf('lstm'), irises, true)).model).toMatchObject([
    { input: [3] },
    {},
    { units: 3 },
  ]);
});

test('what somebody has written stays; what is missing there is filled in', () => {
  const own: Draft = {
    ...draftOf('mlp'),
    model: '[{"type": "dense", "units": 3}]',
    settings: '{"target": {"column": "sepal", "task": "regression"}, "loss": "huber"}',
  };
  const guess = guessFor(own, irises, true);
  expect(guess?.model).toBe(own.model);
  expect(read(guess).settings).toEqual({
    target: { column: 'sepal', task: 'regression' },
    loss: 'huber',
    inputs: [{ columns: ['petal…species'], scale: 'standardize' }],
  });
  const whole = { ...own, settings: written({ ...(read(guess).settings as object), epochs: 3 }) };
  expect(guessFor(whole, [column('other'), column('target')], true)).toBeNull();
  expect(guessFor({ ...own, settings: '{' }, irises, true)).toBeNull();
});

test('a guess of one dataset gives way to that of another, and to what was there before', () => {
  const before = draftOf('mlp');
  const first = guessFor(before, irises, true);
  if (!first) throw new Error('the irises are no digits');
  const { model, settings } = first;
  const taken: Draft = { ...before, model, settings, guessed: { model, settings } };
  expect(read(guessFor(taken, [column('a'), column('b')], true)).settings).toMatchObject({
    target: { column: 'b', task: 'regression' },
  });
  const made = { ...first, before };
  expect(isStanding(taken, made)).toBe(true);
  expect(withoutGuess(taken, made)).toEqual({ model: before.model, settings: before.settings });
  const changed = { ...taken, settings: '{"epochs": 1}' };
  expect(withoutGuess(changed, made)).toEqual({ model: before.model, settings: '{"epochs": 1}' });
});
