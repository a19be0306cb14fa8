import { expect, test } from '@jest/globals';
import type { Dataset, FeatureStatistics, Model, ModelSummary } from '@gradstream/sdk';
import { columnLines, datasetLines } from './datasetText.js';
import { pageLines, parseCount } from './lists.js';
import { modelLines } from './modelText.js';

const dataset: Dataset = {
  ...{ id: 'ds_1', name: 'iris', state: 'ready', format: 'csv', bytes: 2048, sha256: null, rowCount: 150 },
  columnTypes: {},
  ...{ columns: [], problems: [], upload: null, multipart: null },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' },
};

test('a dataset says its state, and what to do when it is not ready', () => {
  expect(datasetLines(dataset)).toEqual(['ds_1  iris: ready, csv, 150 rows, 2.0 KiB']);
  const waiting = { ...dataset, bytes: null, rowCount: null };
  expect(datasetLines({ ...waiting, state: 'checking' })).toEqual([
    'ds_1  iris: checking, csv',
    'The server checks it; its columns are known after that.',
  ]);
  expect(datasetLines({ ...waiting, state: 'uploading' })[1]).toBe('Its file has not arrived yet.');
  const problems = [{ line: 3, column: 2, code: 'ragged', message: 'has 2 fields', hint: 'add one' }];
  expect(datasetLines({ ...waiting, state: 'rejected', problems })).toEqual([
    'ds_1  iris: rejected, csv',
    'What is wrong with it:',
    '  line 3, column 2: has 2 fields (add one)',
  ]);
});

test('columns have their figures, and their most frequent values', () => {
  const common = { count: 150, missing: 1, min: null, max: null, mean: null, std: null, quantiles: null };
  const columns: FeatureStatistics[] = [
    {
      ...common,
      name: 'width',
      type: 'numeric',
      min: 0.1,
      max: 7,
      mean: 1 / 3,
      std: 2,
      distinct: 22,
      top: [],
    },
    {
      ...common,
      ...{ name: 'kind', type: 'categorical', distinct: null },
      top: ['a', 'b', 'c', 'd'].map((value) => ({ value: value.repeat(value === 'a' ? 30 : 1), count: 9 })),
    },
  ];
  expect(columnLines({ columns })).toEqual([
    'column  type         missing  distinct  min  max  mean     std  most frequent',
    'width   numeric      1        22        0.1  7    0.33333  2',
    `kind    categorical  1        many                              ${'a'.repeat(23)}… ×9, b ×9, c ×9, …`,
  ]);
});

test('a model is its layers, and what they add up to', () => {
  const layers = [{ name: 'out', type: 'Dense', outputShape: [3], parameterCount: 15 }];
  const tensors = {
    inputs: [
      { name: 'x', shape: [4], dtype: 'float32' as const },
      { name: 'ids', shape: [], dtype: 'int32' as const },
    ],
    outputs: [{ name: 'out', shape: [3], dtype: 'float32' as const }],
  };
  const model: Model = {
    ...tensors,
    ...{ id: 'mdl_1', name: 'm', inputShape: [4], outputShape: [3], parameterCount: 15, layers },
    ...{ definition: {}, createdAt: '2026-01-01T00:00:00.000Z' },
  };
  const summary: ModelSummary = {
    ...tensors,
    ...{ inputShape: [4], outputShape: [3], layers, frozenLayers: ['out'] },
    ...{ parameters: { total: 15, trainable: 0, frozen: 15 }, flops: { forward: 27, training: 81 } },
  };
  expect(modelLines(model, summary)).toEqual([
    'mdl_1  m',
    'inputs: x (4) float32, ids () int32',
    'outputs: out (3) float32',
    'layer  type   output  parameters',
    'out    Dense  (3)     15          frozen',
    'parameters: 15, of which 0 are trained and 15 are frozen',
    'floating-point operations of a sample: 27 forward, 81 in training',
  ]);
});

test('a list says that it is empty, or where it goes on', () => {
  const list = { header: ['id'], flexible: [], toRow: (id: string) => [id], empty: 'None yet.' };
  expect(pageLines({ ...list, page: { data: [], hasMore: false, nextCursor: null } })).toEqual(['None yet.']);
  expect(pageLines({ ...list, page: { data: ['a'], hasMore: false, nextCursor: null } })).toEqual([
    'id',
    'a',
  ]);
  expect(pageLines({ ...list, page: { data: ['a'], hasMore: true, nextCursor: 'c' } })).toEqual([
    ...['id', 'a', 'There are more; to go on, add: --after c'],
  ]);
  const page = { data: ['a name'], hasMore: true, nextCursor: 'cursor' };
  expect(pageLines({ ...list, total: 7, page }, 4)).toEqual([
    ...['id', 'a n…', 'There are 7 in all; to go on, add: --after cursor'],
  ]);
});

test('a count is a whole number from 1 to 100, or is refused in words', () => {
  expect(['1', '50', '100'].map(parseCount)).toEqual([1, 50, 100]);
  for (const text of ['abc', '', '0', '101', '1.5', '-1', '1e1'])
    expect(() => parseCount(text)).toThrow('It is a whole number from 1 to 100.');
});
