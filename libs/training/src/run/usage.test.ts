// Rows to inputs. Expected values are worked out by hand, from (x - offset) · factor.

import { describe, expect, test } from '@jest/globals';
import { GradstreamError, type PredictionRow, type ProblemItem } from '@gradstream/contracts';
import { readUsage, toInputs } from './usage.js';

const metadata = (values: Record<string, unknown>): Map<string, string> =>
  new Map(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]));

const numeric = { type: 'numeric', dropped: false };

/** A preprocessing of numbers, of columns by name. */
const numbers = (columns: Record<string, readonly [offset: number, factor: number]>): unknown => ({
  version: 1,
  inputs: [
    {
      dtype: 'float32',
      shape: [Object.keys(columns).length],
      features: Object.entries(columns).map(([column, [offset, factor]]) => ({
        ...{ kind: 'numeric', column, ...numeric, fill: null, offset, factor },
      })),
    },
  ],
  targets: [],
});

const scaled = readUsage(
  metadata({ preprocessing: numbers({ age: [20, 0.5], 'a/b': [-1, 4] }), classes: ['no', 'yes'] }),
);

const inputsOf = (rows: readonly PredictionRow[], usage = scaled): number[][] =>
  toInputs(usage, { rows, from: null, targets: ['label'] }).map(({ values }) => [...values]);

/** The problems of rows that are refused. */
function problemsOf(rows: readonly PredictionRow[], from: number | null = null): ProblemItem[] {
  try {
    toInputs(scaled, { rows, from, targets: ['label'] });
  } catch (error) {
    if (error instanceof GradstreamError && error.code === 'VALIDATION_FAILED') return [...error.errors];
    throw error;
  }
  throw new Error('the rows were taken');
}

describe('rows of numbers', () => {
  test('objects in any order, arrays in the order of the columns, and texts of numbers are the same', () => {
    expect(inputsOf([{ 'a/b': 1, age: 30 }, [30, 1], { age: ' 3e1', 'a/b': '1.0', label: 'yes' }])).toEqual([
      [5, 8, 5, 8, 5, 8],
    ]);
  });

  test('the classes are those of the metadata where the target has no categories', () => {
    expect(scaled.classes).toEqual(['no', 'yes']);
  });

  test('each mistake has its place', () => {
    const rows = [{ age: 1, 'a/b': 2 }, { age: 1, 'a/b': 2, agee: 3 }, [1, 2, 3]];
    expect(problemsOf(rows)).toMatchObject([
      { pointer: '/rows/1/agee', code: 'unknownColumn', hint: 'It takes: age, a/b' },
      { pointer: '/rows/2', code: 'ragged', message: 'has 3 values, the run takes 2' },
    ]);
  });

  test('a column that is not there is a missing value', () => {
    expect(problemsOf([{ age: 1 }])).toEqual([
      { pointer: '/rows/0/a~1b', code: 'badValue', message: 'the value is missing' },
    ]);
  });

  test.each(['NaN', 'Infinity', 'abc', '', null, 1e39, [1], { x: 1 }])('%p is no number', (value) => {
    expect(
      problemsOf([
        [0, 0],
        [1, value],
      ]),
    ).toMatchObject([{ pointer: '/rows/1/a~1b', code: 'badValue' }]);
  });

  test('rows of a dataset are counted from its first, and columns that are not needed are no problem', () => {
    expect(problemsOf([{ age: 1, 'a/b': 'x', other: 1 }], 6)).toEqual([
      { code: 'badValue', message: 'row 7 of the dataset, column "a/b": is no finite number' },
    ]);
  });

  test('at most 100 problems are listed', () => {
    expect(problemsOf(Array.from({ length: 1000 }, () => [1]))).toHaveLength(100);
  });
});

describe('rows of several kinds', () => {
  const usage = readUsage(
    metadata({
      inputColumns: ['somethingElse'],
      classes: ['wrong'],
      preprocessing: {
        version: 1,
        inputs: [
          {
            dtype: 'float32',
            shape: [4],
            features: [
              { kind: 'numeric', column: 'age', ...numeric, fill: 40, offset: 20, factor: 0.1 },
              {
                ...{ kind: 'oneHot', column: 'colour', type: 'categorical', fill: null, dropped: false },
                ...{ unknown: 'refuse', categories: ['blue', 'green', 'red'] },
              },
            ],
          },
        ],
        targets: [
          {
            dtype: 'int32',
            shape: [],
            features: [
              {
                ...{ kind: 'label', column: 'label', type: 'categorical', fill: null, dropped: false },
                categories: ['cat', 'dog'],
              },
            ],
          },
        ],
      },
    }),
  );

  test('numbers are scaled and filled, categories become ones', () => {
    expect(usage.columns).toEqual(['age', 'colour']);
    expect(usage.classes).toEqual(['cat', 'dog']);
    const [values = []] = inputsOf([{ age: 30, colour: 'red' }, { colour: 'blue' }, [20, 'green']], usage);
    const expected = [1, 0, 0, 1, 2, 1, 0, 0, 0, 0, 1, 0];
    expect(values).toHaveLength(expected.length);
    values.forEach((value, at) => {
      expect(value).toBeCloseTo(expected[at] ?? NaN, 6);
    });
  });

  test('a dataset without a column that would be filled is refused, once a page', () => {
    const page = { rows: [{ colour: 'red' }, { colour: 'blue' }], from: 10, targets: ['label'] };
    expect(() => toInputs(usage, page)).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        errors: [
          {
            pointer: '/dataset',
            code: 'missingColumn',
            message: 'the dataset has no column "age", which is an input of the run',
            hint: 'The run takes: age, colour',
          },
        ],
      }),
    );
    expect(toInputs(usage, { ...page, rows: [{ age: null, colour: 'red' }] })).toHaveLength(1);
    expect(toInputs(usage, { ...page, rows: [] })).toHaveLength(1);
  });

  test.each<[PredictionRow, string, string]>([
    [{ age: 1, colour: 'pink' }, '/rows/0/colour', 'badValue'],
    [{ age: 'x', colour: 'red' }, '/rows/0/age', 'badValue'],
    [{ age: 1, colour: 'red', size: 3 }, '/rows/0/size', 'unknownColumn'],
  ])('%j is refused at its place', (row, pointer, code) => {
    expect(() => toInputs(usage, { rows: [row], from: null, targets: ['label'] })).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        errors: [expect.objectContaining({ pointer, code })],
      }),
    );
  });
});

const broken = /is not valid: it has metadata/;
const silent = /its metadata have no "preprocessing".*Train again/;

test.each<[string, Map<string, string>, RegExp]>([
  ['nothing', new Map(), silent],
  ['columns alone', metadata({ inputColumns: ['a'], scaling: { offset: [1], factor: [1] } }), silent],
  ['no JSON', new Map([['preprocessing', 'a,b']]), broken],
  ['a preprocessing of another version', metadata({ preprocessing: { version: 2 } }), broken],
  ['numbers as names', metadata({ preprocessing: numbers({ a: [0, 1] }), classes: [1] }), broken],
])('metadata with %s are not usable', (_, given, detail) => {
  expect(() => readUsage(given)).toThrow(
    expect.objectContaining({ code: 'CHECKPOINT_INVALID', message: expect.stringMatching(detail) }),
  );
});
