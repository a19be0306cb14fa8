// Specs as the server stores them.

import { createRunSchema, type RunSpec } from '@gradstream/sdk';

export const MODEL = `mdl_${'1'.repeat(32)}`;
export const DATASET = `ds_${'2'.repeat(32)}`;

/** The stored spec of a run that was posted with no more than it needs, and these settings. */
export function storedSpec(settings: object = {}): RunSpec {
  const posted = createRunSchema.parse({
    ...{ model: MODEL, dataset: DATASET, inputs: [{ columns: ['a', 'b'] }] },
    ...{ target: { column: 'y', task: 'classification' }, loss: 'sparseCategoricalCrossentropy' },
    ...settings,
  });
  return {
    ...posted,
    ...{ specVersion: 1, engineVersion: '2.21.0', datasetSha256: '0'.repeat(64), origin: null },
    model: { id: MODEL, definition: {} },
    ...{
      inputColumns: ['a', 'b'],
      inputWidths: [2],
      targetColumns: ['y'],
      classCount: 2,
      targetType: 'numeric',
    },
  };
}
