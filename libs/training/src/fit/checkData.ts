// Whether data fits a model, before the first step.

import { GradstreamError } from '@gradstream/contracts';
import type { TrainingData } from './data.js';
import type { Training } from './training.js';

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

function refuse(detail: string): never {
  throw new GradstreamError('VALIDATION_FAILED', detail);
}

function checkPart({ graph, outputs }: Training, data: TrainingData, what: string): void {
  if (data.count === 0) refuse(`The ${what} data has no samples: give at least one.`);
  const { inputs, targets } = data.take(Uint32Array.of(0));
  if (inputs.length !== graph.inputs.length)
    refuse(
      `The ${what} data has ${inputs.length} inputs, the model takes ${graph.inputs.length}: give each its array.`,
    );
  graph.inputs.forEach(({ name, shape }, index) => {
    const given = inputs[index]?.shape ?? [];
    if (sizeOf(given) !== sizeOf(shape))
      refuse(
        `The ${what} data has [${given.join(', ')}] values a sample for the input "${name}", the model takes [${shape.join(', ')}].`,
      );
  });
  if (targets.length !== outputs.length)
    refuse(
      `The ${what} data has ${targets.length} targets, the model has ${outputs.length} outputs with a loss.`,
    );
}

/** Throws VALIDATION_FAILED when inputs or targets are not those that the model and its losses take. */
export function checkData(training: Training, train: TrainingData, validation: TrainingData | null): void {
  checkPart(training, train, 'training');
  if (validation) checkPart(training, validation, 'validation');
}
