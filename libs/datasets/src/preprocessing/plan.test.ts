// The mapping of a run's inputs and target to a plan; expected plans are written by hand from docs/datasets.md.

import { describe, expect, test } from '@jest/globals';
import {
  inputsSchema,
  preprocessingPlanSchema,
  type FeatureType,
  type RunInput,
} from '@gradstream/contracts';
import { planOf, type PlannedInput } from './plan.js';

const column = (name: string, type: FeatureType) => ({ name, type });

/** An input of some columns, by the name of their type. */
function input(
  types: readonly FeatureType[],
  settings: object = {},
  more: Partial<PlannedInput> = {},
): PlannedInput {
  const parsed: RunInput = inputsSchema.parse({ columns: [...types], ...settings });
  const columns = types.map((type) => column(type, type));
  return { settings: parsed, columns, shape: [types.length], indexes: null, ...more };
}

/** The features of the first input, in the form that the schema of plans accepts. */
const featuresOf = (one: PlannedInput) =>
  preprocessingPlanSchema.parse(planOf([one], [])).inputs[0]?.features;

describe('auto', () => {
  test('each type has its own encoding', () => {
    const numbers = input(['numeric', 'timestamp', 'categorical', 'array'], { scale: 'minmax' });
    expect(featuresOf(numbers)).toEqual([
      { kind: 'numeric', column: 'numeric', scale: 'minmax', missing: 'refuse' },
      { kind: 'numeric', column: 'timestamp', scale: 'minmax', missing: 'refuse' },
      { kind: 'oneHot', column: 'categorical', missing: 'refuse', unknown: 'zeros', categories: 'all' },
      { kind: 'array', column: 'array', scale: 'minmax' },
    ]);
  });

  test('categories are a label where the input takes one value', () => {
    const label = { kind: 'label', column: 'categorical', missing: 'refuse', categories: 'all' };
    expect(featuresOf(input(['categorical'], {}, { shape: [1] }))).toEqual([label]);
    expect(featuresOf(input(['categorical'], {}, { shape: [] }))).toEqual([label]);
    expect(featuresOf(input(['categorical'], {}, { shape: [4] }))).toMatchObject([{ kind: 'oneHot' }]);
    expect(featuresOf(input(['categorical'], { encode: 'label' }, { shape: [4] }))).toEqual([label]);
  });

  test("texts have the length of the model's input and the ids of its Embedding", () => {
    const text = { kind: 'tokens', column: 'text', lowercase: true, split: 'word', padding: 'post' };
    expect(featuresOf(input(['text'], {}, { shape: [12], indexes: 50 }))).toEqual([
      { ...text, missing: 'refuse', maxLength: 12, vocabularySize: 50 },
    ]);
    const tokens = {
      maxLength: 5,
      vocabularySize: 9,
      padding: 'pre',
      lowercase: false,
      split: 'whitespace',
    } as const;
    expect(featuresOf(input(['text'], { tokens, missing: 'drop' }, { shape: [12], indexes: 50 }))).toEqual([
      { kind: 'tokens', column: 'text', missing: 'drop', ...tokens },
    ]);
    expect(featuresOf(input(['text'], {}, { shape: [12] }))).toMatchObject([{ vocabularySize: 10_000 }]);
  });

  test("images have the size of the model's input, and pixels from 0 to 1", () => {
    const image = { kind: 'image', column: 'image' };
    expect(featuresOf(input(['image'], {}, { shape: [28, 32, 3] }))).toEqual([
      { ...image, height: 28, width: 32, offset: 0, factor: 1 / 255 },
    ]);
    const settings = { image: { height: 8, offset: 127.5, factor: 1 / 127.5 } };
    expect(featuresOf(input(['image'], settings, { shape: [192] }))).toEqual([
      { ...image, height: 8, offset: 127.5, factor: 1 / 127.5 },
    ]);
  });
});

test.each([
  ['mean', ['mean', 'mostFrequent', { constant: '' }]],
  ['mostFrequent', ['mostFrequent', 'mostFrequent', { constant: '' }]],
  ['drop', ['drop', 'drop', 'drop']],
  [{ constant: 7 }, [{ constant: 7 }, { constant: '7' }, { constant: '7' }]],
] as const)('missing values by %j', (missing, expected) => {
  const kinds = (['numeric', 'categorical', 'text'] as const).map((type) =>
    featuresOf(input([type], { missing }, { shape: [3] })),
  );
  expect(kinds.map((features) => features?.[0] && 'missing' in features[0] && features[0].missing)).toEqual(
    expected,
  );
});

describe('the target', () => {
  const plan = (task: 'classification' | 'binary' | 'multilabel' | 'regression', types: FeatureType[]) =>
    planOf(
      [input(['numeric'])],
      [{ columns: types.map((type, index) => column(`t${index}`, type)), task, missing: 'drop' }],
    ).targets;

  test('is a label of one of all classes, or numbers', () => {
    const label = { kind: 'label', column: 't0', missing: 'drop', categories: 'all' };
    expect(plan('classification', ['categorical'])).toEqual([[label]]);
    expect(plan('binary', ['numeric'])).toEqual([[label]]);
    const number = (name: string) => ({ kind: 'numeric', column: name, scale: 'none', missing: 'drop' });
    expect(plan('regression', ['numeric'])).toEqual([[number('t0')]]);
    expect(plan('multilabel', ['numeric', 'numeric'])).toEqual([[number('t0'), number('t1')]]);
    expect(plan('regression', ['array'])).toEqual([[{ kind: 'array', column: 't0', scale: 'none' }]]);
  });
});
