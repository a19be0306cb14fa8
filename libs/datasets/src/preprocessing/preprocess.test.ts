import { describe, expect, test } from '@jest/globals';
import { preprocessingPlanSchema, preprocessingSchema, type Preprocessing } from '@gradstream/contracts';
import { datasetOf } from '../testing/dataset.js';
import { numberLabel } from './labels.js';
import { fitPreprocessing } from './fit.js';
import { checkPlan } from './planChecks.js';
import { keptRows, preprocessBatch, preprocessRows } from './preprocess.js';

const rows = (...numbers: number[]) => Uint32Array.from(numbers);
const plan = (inputs: object[], ...target: object[]) =>
  preprocessingPlanSchema.parse({
    inputs: inputs.map((feature) => ({ features: [feature] })),
    targets: target.map((feature) => [feature]),
  });
const joined = (features: object[]) => preprocessingPlanSchema.parse({ inputs: [{ features }] });

/** As it is stored and read again. */
const stored = (fitted: Preprocessing): Preprocessing =>
  preprocessingSchema.parse(JSON.parse(JSON.stringify(fitted)));

describe('numbers', () => {
  // scikit-learn 1.9: SimpleImputer, then StandardScaler or MinMaxScaler, fitted on 2, missing, 4, 4, 11 and applied to 100
  // and a missing value.
  test.each([
    ['mean', 'standardize', [30.986563415446145, 0]],
    ['median', 'standardize', [30.661118157475382, -0.3227486121839514]],
    ['mostFrequent', 'minmax', [10.88888888888889, 0.2222222222222222]],
  ] as const)('%s and %s as scikit-learn has them', async (missing, scale, expected) => {
    const data = await datasetOf([2, null, 4, 4, 11, 100, null].map((x) => ({ x })));
    const feature = { kind: 'numeric', column: 'x', missing, scale };
    const fitted = stored(fitPreprocessing(data, plan([feature]), rows(0, 1, 2, 3, 4)));
    const { values } = preprocessBatch(fitted, data, [5, 6]).inputs[0] ?? {};
    expect([...(values ?? [])]).toEqual(expected.map((value) => expect.closeTo(value, 5) as unknown));
  });

  test('an even count has its median between the two in the middle, a constant stands in as it is', async () => {
    const data = await datasetOf([1, 2, 5, 9, null].map((x) => ({ x })));
    const fillOf = (missing: unknown) => {
      const fitted = fitPreprocessing(
        data,
        plan([{ kind: 'numeric', column: 'x', missing }]),
        rows(0, 1, 2, 3),
      );
      return preprocessBatch(fitted, data, [4]).inputs[0]?.values[0];
    };
    expect([fillOf('median'), fillOf({ constant: -7 })]).toEqual([3.5, -7]);
  });

  test('moments are days since 1970', async () => {
    const data = await datasetOf([{ t: '1970-01-03T12:00:00Z' }, { t: '1969-12-31' }]);
    const fitted = fitPreprocessing(data, plan([{ kind: 'numeric', column: 't' }]), rows(0, 1));
    expect([...(preprocessBatch(fitted, data, [0, 1]).inputs[0]?.values ?? [])]).toEqual([2.5, -1]);
  });

  test('moments of one morning are told apart by their scale', async () => {
    // A float32 of these days, near 19,844, has a step of 169 s.
    const data = await datasetOf(
      ['09:00:00', '09:01:00', '09:02:00', '09:04:00'].map((time) => ({ t: `2024-05-01T${time}Z` })),
    );
    const scaled = (scale: string) => {
      const fitted = fitPreprocessing(data, plan([{ kind: 'numeric', column: 't', scale }]), rows(0, 1, 2));
      return preprocessBatch(stored(fitted), data, [0, 1, 2, 3]).inputs[0]?.values ?? [];
    };
    const near = (...numbers: number[]) => numbers.map((number) => expect.closeTo(number, 5) as unknown);
    expect([...scaled('minmax')]).toEqual(near(0, 0.5, 1, 2));
    // Minutes 0, 1, 2: mean 1, standard deviation √(2/3).
    const [low, high] = [-Math.sqrt(1.5), Math.sqrt(1.5)];
    expect([...scaled('standardize')]).toEqual(near(low, 0, high, 3 * high));
  });

  test.each(['standardize', 'minmax'])(
    'a moment that is the same in every row becomes 0 by %s',
    async (scale) => {
      const data = await datasetOf(Array.from({ length: 100 }, () => ({ t: '2024-05-01T09:00:01Z' })));
      const fitted = fitPreprocessing(
        data,
        plan([{ kind: 'numeric', column: 't', scale }]),
        Uint32Array.from({ length: 100 }, (_, at) => at),
      );
      expect(fitted.inputs[0]?.features).toMatchObject([{ factor: 0 }]);
      const moments = [{ t: '2024-05-01T09:00:01Z' }, { t: '2024-05-01T09:00:02Z' }];
      expect([...(preprocessRows(fitted, moments)[0]?.values ?? [])]).toEqual([0, 0]);
    },
  );

  test('a constant that stands in is the same number as that of the column', async () => {
    const data = await datasetOf([{ x: 0.1 }, { x: null }, { x: 0.1 }]);
    const feature = { kind: 'numeric', column: 'x', scale: 'standardize', missing: { constant: 0.1 } };
    const fitted = stored(fitPreprocessing(data, plan([feature]), rows(0, 1, 2)));
    // 0.1 as IEEE 754 single precision: 0x3dcccccd.
    expect(fitted.inputs[0]?.features).toMatchObject([{ fill: 0xcccccd / 2 ** 27, factor: 0 }]);
    expect([...(preprocessBatch(fitted, data, [0, 1, 2]).inputs[0]?.values ?? [])]).toEqual([0, 0, 0]);
    const beyond = plan([{ ...feature, missing: { constant: 1e39 } }]);
    expect(() => fitPreprocessing(data, beyond, rows(0, 1, 2))).toThrow(
      expect.objectContaining({ code: 'RUN_INVALID', message: expect.stringContaining('beyond float32') }),
    );
  });

  test('a missing value that nothing stands in for is refused by its row, or its row dropped', async () => {
    const data = await datasetOf([{ x: 1 }, { x: null }, { x: 3 }]);
    const refused = fitPreprocessing(data, plan([{ kind: 'numeric', column: 'x' }]), rows(0, 2));
    expect(() => preprocessBatch(refused, data, [0, 1])).toThrow('row 2, column "x": the value is missing');
    const dropped = fitPreprocessing(
      data,
      plan([{ kind: 'numeric', column: 'x', missing: 'drop' }]),
      rows(0, 1, 2),
    );
    expect([...keptRows(dropped, data, rows(2, 1, 0))]).toEqual([2, 0]);
    expect([...keptRows(refused, data, rows(2, 1, 0))]).toEqual([2, 1, 0]);
  });
});

describe('categories', () => {
  const cities = [{ c: 'b' }, { c: 'a' }, { c: 'b' }, { c: 'z' }, { c: null }];

  test('one-hot by the training rows: a category that came later is zeros, or refused', async () => {
    const data = await datasetOf(cities);
    const feature = { kind: 'oneHot', column: 'c', missing: 'mostFrequent' };
    const fitted = stored(fitPreprocessing(data, plan([feature]), rows(0, 1, 2)));
    const batch = preprocessBatch(fitted, data, [0, 1, 3, 4]).inputs[0];
    expect(batch?.shape).toEqual([2]);
    expect([...(batch?.values ?? [])]).toEqual([0, 1, 1, 0, 0, 0, 0, 1]);
    const strict = fitPreprocessing(data, plan([{ ...feature, unknown: 'refuse' }]), rows(0, 1, 2));
    expect(() => preprocessBatch(strict, data, [3])).toThrow(
      'row 4, column "c": "z" is none of the 2 categories',
    );
  });

  test('labels of a target are in the order of their values, of all rows when it is said so', async () => {
    const data = await datasetOf([{ y: 10 }, { y: 9 }, { y: 0.1 }]);
    const fitted = fitPreprocessing(
      data,
      plan([{ kind: 'numeric', column: 'y' }], { kind: 'label', column: 'y', categories: 'all' }),
      rows(0, 1),
    );
    expect(fitted.targets[0]).toMatchObject({
      dtype: 'int32',
      shape: [],
      features: [{ categories: ['0.1', '9', '10'] }],
    });
    expect([...(preprocessBatch(fitted, data, [0, 1, 2]).targets[0]?.values ?? [])]).toEqual([2, 1, 0]);
  });

  test('a number as a label is the shortest decimal that reads the same', () => {
    expect([0.1, 7, -3, 16777216, 1e-7, 0.333333343].map((n) => numberLabel(Math.fround(n)))).toEqual([
      '0.1',
      '7',
      '-3',
      '16777216',
      '1e-7',
      '0.33333334',
    ]);
  });
});

test('several columns of an input are one vector, in the order of the plan', async () => {
  const data = await datasetOf([
    { x: 1, c: 'u', v: [5, 6] },
    { x: 3, c: 'w', v: [7, 10] },
  ]);
  const features = [
    { kind: 'oneHot', column: 'c' },
    { kind: 'array', column: 'v', scale: 'minmax' },
    { kind: 'numeric', column: 'x' },
  ];
  const fitted = stored(fitPreprocessing(data, joined(features), rows(0, 1)));
  const batch = preprocessBatch(fitted, data, [1, 0]).inputs[0];
  expect(batch?.shape).toEqual([5]);
  expect([...(batch?.values ?? [])]).toEqual([0, 1, 1, 1, 3, 1, 0, 0, 0, 1]);
});

describe('texts', () => {
  const texts = [{ t: "The cat's hat, the CAT" }, { t: 'the dog' }, { t: null }];
  const feature = { kind: 'tokens', column: 't', maxLength: 4, missing: { constant: '' } };

  test('ids by frequency, then by code units; cut at the end, padded', async () => {
    const data = await datasetOf(texts, { t: 'text' });
    const fitted = stored(fitPreprocessing(data, plan([feature]), rows(0)));
    // "the" twice; then once each: "," < "cat" < "cat's" < "hat".
    expect(fitted.inputs[0]?.features[0]).toMatchObject({ vocabulary: ['the', ',', 'cat', "cat's", 'hat'] });
    const batch = preprocessBatch(fitted, data, [0, 1, 2]).inputs[0];
    expect(batch?.values).toEqual(Int32Array.of(2, 5, 6, 3, 2, 1, 0, 0, 0, 0, 0, 0));
  });

  test('padding before the text, words parted by blanks alone, a vocabulary of three ids', async () => {
    const data = await datasetOf(texts, { t: 'text' });
    const settings = { ...feature, padding: 'pre', split: 'whitespace', lowercase: false, vocabularySize: 3 };
    const fitted = fitPreprocessing(data, plan([settings]), rows(0, 1));
    expect(fitted.inputs[0]?.features[0]).toMatchObject({ vocabulary: ['the'] });
    expect(preprocessBatch(fitted, data, [1]).inputs[0]?.values).toEqual(Int32Array.of(0, 0, 2, 1));
  });
});

describe('single rows come out as those of the dataset', () => {
  const data = datasetOf(
    [
      { x: 1.5, c: 'u', t: 'some words are here', m: '2024-02-29', v: [5, 6], y: 1 },
      { x: null, c: null, t: 'more words', m: null, v: [7, 10], y: 2 },
      { x: '3e2', c: 'w', t: null, m: '2024-03-01T01:00:00+01:00', v: [0.1, -1], y: 1 },
    ],
    { x: 'numeric', t: 'text', m: 'timestamp' },
  );
  const everything = plan([
    { kind: 'numeric', column: 'x', scale: 'standardize', missing: 'mean' },
    { kind: 'numeric', column: 'm', scale: 'minmax', missing: 'median' },
    { kind: 'oneHot', column: 'c', missing: 'mostFrequent' },
    { kind: 'tokens', column: 't', maxLength: 5, missing: { constant: 'more' } },
    { kind: 'array', column: 'v', scale: 'standardize' },
    { kind: 'label', column: 'y' },
  ]);

  test('bit for bit, missing values too', async () => {
    const fitted = stored(fitPreprocessing(await data, everything, rows(0, 1, 2)));
    const single = preprocessRows(fitted, [
      { x: '1.5', c: 'u', t: 'some words are here', m: '2024-02-29', v: [5, 6], y: '1' },
      { v: [7, 10], t: 'more words', x: 'NA', c: '', y: 2 },
      { x: 300, c: ' w', t: null, m: new Date(Date.UTC(2024, 2, 1)), v: [0.1, -1], y: 1 },
    ]);
    expect(single).toEqual(preprocessBatch(fitted, await data, [0, 1, 2]).inputs);
  });

  test('what does not suit is named by its row and column', async () => {
    const fitted = fitPreprocessing(await data, everything, rows(0, 1, 2));
    const good = { x: 1, c: 'u', t: 'x', m: null, v: [1, 2], y: 1 };
    const problem = (row: object) => {
      try {
        preprocessRows(fitted, [good, { ...good, ...row }]);
        return null;
      } catch (error) {
        return error;
      }
    };
    expect(problem({})).toBeNull();
    for (const [row, pointer] of [
      [{ x: 'much' }, '/1/x'],
      [{ x: Infinity }, '/1/x'],
      [{ m: 'yesterday' }, '/1/m'],
      [{ v: [1] }, '/1/v'],
      [{ v: null }, '/1/v'],
      [{ c: [1] }, '/1/c'],
      [{ y: 3 }, '/1/y'],
    ] as const)
      expect(problem(row)).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ pointer }] });
  });
});

describe('plans that a dataset does not suit', () => {
  test.each([
    ['no such column', { kind: 'numeric', column: 'z' }, 'has no column "z"'],
    ['numbers of words', { kind: 'numeric', column: 'c' }, 'is categorical, which numeric cannot encode'],
    ['tokens of numbers', { kind: 'tokens', column: 'x', maxLength: 3 }, 'It takes text or categorical'],
    [
      'a column without values',
      { kind: 'numeric', column: 'n', missing: 'mean' },
      'no values in the training rows',
    ],
  ])('%s', async (_, feature, reason) => {
    const data = await datasetOf([{ x: 1, c: 'a', n: null }], { n: 'numeric' });
    const fit = () => fitPreprocessing(data, plan([feature]), rows(0));
    expect(fit).toThrow(reason);
    expect(fit).toThrow('/inputs/0/features/0');
  });

  test('tokens beside other columns', async () => {
    const data = await datasetOf([{ x: 1, c: 'a' }]);
    const features = [
      { kind: 'numeric', column: 'x' },
      { kind: 'tokens', column: 'c', maxLength: 2 },
    ];
    expect(() => fitPreprocessing(data, joined(features), rows(0))).toThrow('/inputs/0/features/1');
  });
});

test('what stands in for a missing category is one more, if it is none of the others', async () => {
  const data = await datasetOf([{ c: 'a' }, { c: null }]);
  const feature = { kind: 'oneHot', column: 'c', categories: 'all', missing: { constant: 'none' } };
  const fitted = fitPreprocessing(data, plan([feature]), rows(0));
  const { shape, values } = preprocessBatch(fitted, data, [0, 1]).inputs[0] ?? {};
  expect([shape, [...(values ?? [])]]).toEqual([[2], [1, 0, 0, 1]]);
});

test('all that is wrong with a plan is listed', async () => {
  const data = await datasetOf([{ x: 1, c: 'a' }]);
  const wrong = joined([
    { kind: 'numeric', column: 'c' },
    { kind: 'tokens', column: 'c', maxLength: 2 },
    { kind: 'array', column: 'none' },
  ]);
  const check = () => {
    checkPlan(data.index.columns, wrong);
  };
  expect(check).toThrow('2 more are listed');
  const pointers = [0, 2, 1].map((index) => ({ pointer: `/inputs/0/features/${index}` }));
  let error: unknown;
  try {
    check();
  } catch (cause) {
    error = cause;
  }
  expect(error).toMatchObject({ code: 'RUN_INVALID', errors: pointers });
});
