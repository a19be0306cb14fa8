import { expect, test } from '@jest/globals';
import { createRunSchema, type NewRun, type RunSpec } from '@gradstream/sdk';
import { placesSet, toPosted } from './posted.js';

const dataset = `ds_${'0'.repeat(32)}`;
const modelId = `mdl_${'0'.repeat(32)}`;
const posted: NewRun = {
  ...{ dataset, model: { class_name: 'Sequential', config: { layers: [] } } },
  inputs: [{ columns: ['a'], scale: 'minmax' }],
  target: { column: 'y', task: 'classification' },
  loss: 'sparseCategoricalCrossentropy',
  optimizer: { name: 'adam', learningRate: 0.01 },
  epochs: 10, // The default.
  batchSize: 16,
};

/** As the server stores it: complete, with what it found out. */
const spec = {
  ...createRunSchema.parse(posted),
  model: { id: null, definition: posted.model },
  ...{ specVersion: 1, engineVersion: '2.21.0', datasetSha256: 'x', inputColumns: ['a'], inputWidths: [1] },
  ...{ targetColumns: ['y'], classCount: 2, targetType: 'numeric', origin: null },
} as unknown as RunSpec;

test('a stored spec can be posted: it says the same as what was posted', () => {
  expect(createRunSchema.parse(toPosted(spec))).toEqual(createRunSchema.parse(posted));
  const named = { ...spec, model: { ...spec.model, id: modelId } };
  expect(toPosted(named).model).toBe(modelId);
});

test('what somebody has set is told from defaults, also where the default was written down', () => {
  const places = placesSet(toPosted(spec));
  for (const place of ['/dataset', '/model', '/inputs/0/scale', '/inputs/0/columns', '/target/column'])
    expect(places).toContain(place);
  expect(places).toContain('/optimizer/learningRate');
  expect(places).toContain('/batchSize');
  for (const place of ['/epochs', '/seed', '/shuffle', '/optimizer/beta1', '/inputs/0/missing', '/name'])
    expect(places).not.toContain(place);
});
