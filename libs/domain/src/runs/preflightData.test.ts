// What preflight says of the columns of a dataset: types, widths, missing values, targets, splits.

import { describe, expect, test } from '@jest/globals';
import { createRunSchema, datasetSchema, validateRunSchema, type Dataset } from '@gradstream/contracts';
import { parseModel, type ModelGraph } from '@gradstream/models';
import { preflight } from './preflight.js';

const figures = { missing: 0, distinct: 20, min: 0, max: 9, mean: 1, std: 1 };
const column = (name: string, type: string, more: object = {}) => ({ name, type, ...figures, ...more });
const dataset: Dataset = datasetSchema.parse({
  ...{ id: `ds_${'0'.repeat(32)}`, name: 'd', state: 'ready', format: 'csv', bytes: 1, sha256: '' },
  ...{ rowCount: 100, problems: [], upload: null },
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  columns: [
    column('a', 'numeric'),
    column('b', 'numeric', { missing: 3 }),
    column('kind', 'categorical', { distinct: 4 }),
    column('words', 'text', { distinct: null }),
    column('picture', 'image', { shape: [10, 10, 3] }),
    column('wave', 'array', { shape: [6] }),
    column('y', 'numeric'),
    column('l1', 'numeric', { max: 1, distinct: 2 }),
    column('l2', 'numeric', { max: 1, distinct: 2 }),
    column('same', 'categorical', { distinct: 1 }),
  ],
});

function graphOf(definition: unknown): ModelGraph {
  const parsed = parseModel(definition);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.graph;
}
const dense = (input: number[], units = 1) => [
  ...(input.length > 1 ? [{ type: 'flatten', input }] : []),
  { type: 'dense', units, ...(input.length > 1 ? {} : { input }) },
];

/** What is said of a run of one input, as places. */
function said(changes: object, definition: unknown = dense([1])): string[] {
  const spec = createRunSchema.parse({
    dataset: dataset.id,
    model: [],
    target: { column: 'y', task: 'regression' },
    loss: 'meanSquaredError',
    ...changes,
  });
  const { problems } = preflight(spec, { graph: graphOf(definition), id: null }, dataset, null);
  return problems.map(({ pointer, code }) => `${pointer ?? ''} ${code}`);
}

describe('inputs', () => {
  test.each([
    ['numbers', { columns: ['a'] }, [1], []],
    ['categories as a one among four', { columns: ['kind', 'a'] }, [5], []],
    ['categories as a label', { columns: ['kind'] }, [1], []],
    ['texts of the length of the input', { columns: ['words'] }, [12], []],
    ['images resized to the input', { columns: ['picture'] }, [4, 4, 3], []],
    [
      'images of another number of channels',
      { columns: ['picture'] },
      [4, 4, 1],
      ['/inputs/0/columns inputShape'],
    ],
    ['arrays', { columns: ['wave'] }, [6], []],
    ['too few values', { columns: ['wave'] }, [7], ['/inputs/0/columns inputShape']],
    ['missing values', { columns: ['b'] }, [1], ['/inputs/0/columns missingValues']],
    ['missing values that are filled', { columns: ['b'], missing: 'median' }, [1], []],
    [
      'a text for a number',
      { columns: ['b'], missing: { constant: 'x' } },
      [1],
      ['/inputs/0/missing/constant notNumeric'],
    ],
    ['a text as a number', { columns: ['words'], encode: 'number' }, [1], ['/inputs/0/columns columnType']],
    ['an image among others', { columns: ['a', 'picture'] }, [301], ['/inputs/0/columns cannotJoin']],
    ['a scale of categories', { columns: ['kind'], scale: 'minmax' }, [4], ['/inputs/0/scale notUsed']],
    ['settings of images for numbers', { columns: ['a'], image: {} }, [1], ['/inputs/0/image notUsed']],
    ['the target', { columns: ['y'] }, [1], ['/inputs/0/columns targetAmongInputs']],
  ] as const)('%s', (_, input, shape, problems) => {
    expect(said({ inputs: [input] }, dense([...shape]))).toEqual(problems);
  });

  test('an Embedding has as many indexes as there are', () => {
    const embedding = (size: number) => [
      { type: 'embedding', inputDim: size, outputDim: 2, input: [1] },
      { type: 'flatten' },
      { type: 'dense', units: 1 },
    ];
    expect(said({ inputs: [{ columns: ['kind'] }] }, embedding(4))).toEqual([]);
    expect(said({ inputs: [{ columns: ['kind'] }] }, embedding(3))).toEqual([
      '/inputs/0/columns embeddingSize',
    ]);
    const tokens = { vocabularySize: 50 };
    expect(said({ inputs: [{ columns: ['words'], tokens }] }, embedding(40))).toEqual([
      '/inputs/0/tokens/vocabularySize embeddingSize',
    ]);
  });

  test('as many as the model has, by their names', () => {
    expect(said({ inputs: [{ columns: ['a'] }, { columns: ['wave'] }] })).toEqual(['/inputs inputCount']);
    expect(said({ inputs: [{ name: 'other', columns: ['a'] }] })).toEqual(['/inputs/0/name unknownInput']);
  });
});

describe('targets', () => {
  test.each([
    ['labels', { columns: ['l1', 'l2'], task: 'multilabel' }, 'binaryCrossentropy', 2, []],
    [
      'numbers that are no labels',
      { columns: ['l1', 'y'], task: 'multilabel' },
      'binaryCrossentropy',
      2,
      ['/target/columns notLabels'],
    ],
    ['several numbers', { columns: ['l1…l2'], task: 'regression' }, 'meanSquaredError', 2, []],
    [
      'one class in a list of one column',
      { columns: ['same'], task: 'classification' },
      'sparseCategoricalCrossentropy',
      2,
      ['/target/columns oneClass'],
    ],
    [
      'several classes',
      { columns: ['l1', 'l2'], task: 'classification' },
      'sparseCategoricalCrossentropy',
      2,
      ['/target/columns severalTargets'],
    ],
    [
      'a column that is not there',
      { columns: ['l9'], task: 'regression' },
      'meanSquaredError',
      1,
      ['/target/columns/0 unknownColumn'],
    ],
    [
      'missing values',
      { column: 'b', task: 'regression' },
      'meanSquaredError',
      1,
      ['/target/column missingValues'],
    ],
    [
      'missing values whose rows are dropped',
      { column: 'b', task: 'regression', missing: 'drop' },
      'meanSquaredError',
      1,
      [],
    ],
    [
      'classes of texts',
      { column: 'words', task: 'classification' },
      'sparseCategoricalCrossentropy',
      2,
      ['/target/column columnType'],
    ],
  ] as const)('%s', (_, target, loss, units, problems) => {
    const activation =
      loss === 'meanSquaredError' ? 'linear' : loss.startsWith('binary') ? 'sigmoid' : 'softmax';
    const model = [{ type: 'dense', units, activation, input: [1] }];
    expect(said({ inputs: [{ columns: ['a'] }], target, loss }, model)).toEqual(problems);
  });
});

describe('splits', () => {
  const inputs = [{ columns: ['a'] }];
  test.each([
    ['by the classes of a column', { by: 'stratified', column: 'kind' }, []],
    ['by a column that is not there', { by: 'stratified', column: 'none' }, ['/split/column unknownColumn']],
    [
      'by texts',
      { by: 'column', column: 'words', train: ['x'], validation: ['y'] },
      ['/split/column columnType'],
    ],
    ['a part without rows', { train: 0.999, validation: 0.001 }, ['/split tooFewRows']],
  ])('%s', (_, split, problems) => {
    expect(said({ inputs, split })).toEqual(problems);
  });

  test('by values that no row has', () => {
    const split = { by: 'column', column: 'kind', train: ['red', 'none'], validation: ['blue'] };
    const posted = { dataset: dataset.id, model: [], inputs, target: { column: 'y', task: 'regression' } };
    const spec = createRunSchema.parse({ ...posted, loss: 'meanSquaredError', split });
    const statistics = [
      {
        ...{ name: 'kind', type: 'categorical' as const, count: 100, missing: 0, min: null, max: null },
        ...{ mean: null, std: null, quantiles: null, distinct: 2 },
        top: [
          { value: 'red', count: 60 },
          { value: 'green', count: 40 },
        ],
      },
    ];
    const { problems } = preflight(spec, null, { ...dataset, statistics }, null);
    expect(problems).toMatchObject([
      { pointer: '/split/validation', code: 'tooFewRows', hint: expect.stringContaining('red, green') },
    ]);
    // Of more values than are listed, some may be those.
    const many = statistics.map((one) => ({ ...one, distinct: 3 }));
    expect(preflight(spec, null, { ...dataset, statistics: many }, null).problems).toEqual([]);
  });

  test.each([
    ['shares of a column', { by: 'column', column: 'kind' }, ['split.train', 'split.validation']],
    ['values at random', { train: ['x'] }, ['split.train']],
    ['a column at random', { column: 'kind' }, ['split.column']],
    ['no column', { by: 'column', train: ['x'], validation: ['y'] }, ['split.column']],
  ])('refused by the schema: %s', (_, split, places) => {
    const target = { column: 'y', task: 'regression' };
    const posted = { dataset: dataset.id, model: [], inputs, target, loss: 'meanSquaredError', split };
    const { error } = createRunSchema.safeParse(posted);
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual(places);
  });
});

describe('a column whose type was inferred, where the model takes token ids', () => {
  const definition = [
    { type: 'embedding', input_dim: 50, output_dim: 4, input: [12] },
    { type: 'flatten' },
    { type: 'dense', units: 1 },
  ];
  const hints = (input: object, columnTypes: Dataset['columnTypes'] = {}) => {
    const target = { column: 'y', task: 'regression' };
    const posted = { dataset: dataset.id, model: [], target, loss: 'meanSquaredError', inputs: [input] };
    const model = { graph: graphOf(definition), id: null };
    const { problems } = preflight(createRunSchema.parse(posted), model, { ...dataset, columnTypes }, null);
    return problems.map(({ pointer, code, hint }) => [pointer, code, hint]);
  };

  test('is said to be, with both ways out', () => {
    expect(hints({ columns: ['kind'] })).toEqual([
      [
        '/inputs/0/columns',
        'inputShape',
        'The model takes token ids: set "encode": "tokens" of the input; or, that "kind" is categorical was inferred from its values; to override it, make the dataset with "columnTypes": {"kind":"text"} (command line: --type kind=text)',
      ],
    ]);
    expect(hints({ columns: ['a'], encode: 'tokens' })).toEqual([
      [
        '/inputs/0/columns',
        'columnType',
        expect.stringMatching(/"a" is numeric was inferred.*--type a=text/),
      ],
    ]);
  });

  test('is not, where its type was chosen; nor is there a problem with tokens', () => {
    expect(hints({ columns: ['kind'] }, { kind: 'categorical' })).toEqual([
      ['/inputs/0/columns', 'inputShape', 'The model takes token ids: set "encode": "tokens" of the input'],
    ]);
    expect(hints({ columns: ['kind'], encode: 'tokens' })).toEqual([]);
  });
});

test('without a dataset, what needs no data is said all the same', () => {
  const posted = {
    inputs: [{ columns: ['a'] }],
    ...{ target: { column: 'y', task: 'regression' }, loss: 'meanSquaredError', metrics: ['accuracy'] },
  };
  const spec = validateRunSchema.parse({ ...posted, model: [] });
  const { problems } = preflight(spec, { graph: graphOf(dense([1])), id: null }, null, null);
  expect(problems).toEqual([expect.objectContaining({ pointer: '/metrics/0', code: 'metricTask' })]);
});
