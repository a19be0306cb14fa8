// Targets of several outputs: a tensor each, one set of rows.

import { expect, test } from '@jest/globals';
import { preprocessingPlanSchema, preprocessingSchema } from '@gradstream/contracts';
import { datasetOf } from '../testing/dataset.js';
import { fitPreprocessing } from './fit.js';
import { checkPlan } from './planChecks.js';
import { keptRows, preprocessBatch } from './preprocess.js';

const planOf = (column: string) =>
  preprocessingPlanSchema.parse({
    inputs: [{ features: [{ kind: 'numeric', column: 'x' }] }],
    targets: [
      [{ kind: 'label', column: 'kind', missing: 'drop' }],
      [
        { kind: 'numeric', column, missing: 'drop' },
        { kind: 'numeric', column: 'x' },
      ],
    ],
  });

test('each has a tensor of its own, and a row that misses one of them is left out of all', async () => {
  const data = await datasetOf([
    { x: 1, kind: 'b', y: 5 },
    { x: 2, kind: null, y: 6 },
    { x: 3, kind: 'a', y: null },
    { x: 4, kind: 'a', y: 7 },
  ]);
  const rows = Uint32Array.of(0, 1, 2, 3);
  const made = fitPreprocessing(data, planOf('y'), rows);
  const fitted = preprocessingSchema.parse(JSON.parse(JSON.stringify(made)));
  const kept = keptRows(fitted, data, rows);
  expect([...kept]).toEqual([0, 3]);
  const { targets } = preprocessBatch(fitted, data, kept);
  expect(targets.map(({ values, shape }) => [[...values], shape])).toEqual([
    [[1, 0], []],
    [[5, 1, 7, 4], [2]],
  ]);
});

test('a column that is not there has the place of its output', async () => {
  const data = await datasetOf([{ x: 1, kind: 'b' }]);
  expect(() => {
    checkPlan(data.index.columns, planOf('y'));
  }).toThrow(
    expect.objectContaining({
      code: 'RUN_INVALID',
      errors: [expect.objectContaining({ pointer: '/targets/1' })],
    }),
  );
});
