// Whether data fits a model, before the first step.

import { GradstreamError } from '@gradstream/contracts';
import { sizeOf } from '@gradstream/models';
import type { Samples, TrainingData } from './data.js';
import type { TrainedOutput } from './outputs.js';
import type { Training } from './training.js';

function refuse(detail: string): never {
  throw new GradstreamError('VALIDATION_FAILED', detail);
}

/** How many values the target of an output has a sample; null where the loss takes others, as labels of any length. */
function targetSize({ loss }: TrainedOutput, shape: readonly number[]): number | null {
  const { name } = loss.settings;
  if (name === 'ctc') return null;
  return sizeOf(name === 'sparseCategoricalCrossentropy' ? shape.slice(0, -1) : shape);
}

/** Throws VALIDATION_FAILED for inputs that the model does not take. */
export function checkInputs({ graph }: Training, inputs: Samples['inputs'], what: string): void {
  if (inputs.length !== graph.inputs.length)
    refuse(
      `The ${what} data has ${inputs.length} inputs, the model takes ${graph.inputs.length}: give each its array.`,
    );
  graph.inputs.forEach(({ name, shape }, index) => {
    const given = inputs[index]?.shape ?? [];
    if (given.join() !== shape.join())
      refuse(
        `The ${what} data has the shape [${given.join(', ')}] a sample for the input "${name}", the model takes [${shape.join(', ')}].`,
      );
  });
}

/** Throws VALIDATION_FAILED for labels that are no indexes of classes, where they are in memory. */
function checkLabels({ graph, outputs }: Training, { arrays, take }: TrainingData, what: string): void {
  const targets = arrays?.targets ?? take(Uint32Array.of(0)).targets;
  outputs.forEach(({ name, index, loss }, at) => {
    const values = targets[at]?.values;
    const { settings } = loss;
    if (settings.name !== 'sparseCategoricalCrossentropy' || !values) return;
    const classes = graph.outputs[index]?.shape.at(-1) ?? 1;
    const wrong = values.findIndex(
      (label: number) =>
        label !== settings.ignoreClass && !(Number.isInteger(label) && label >= 0 && label < classes),
    );
    if (wrong >= 0)
      refuse(
        `The ${what} data has the label ${values[wrong] ?? ''} for the target of "${name}": the loss ${settings.name} takes whole numbers from 0 to ${classes - 1}, as many as the output has units.`,
      );
  });
}

/** Throws VALIDATION_FAILED for samples that model and losses do not take. */
export function checkSamples(training: Training, data: TrainingData, what: string): void {
  if (data.count === 0) refuse(`The ${what} data has no samples: give at least one.`);
  const { inputs, targets, weights } = data.take(Uint32Array.of(0));
  checkInputs(training, inputs, what);
  const { graph, outputs } = training;
  if (targets.length !== outputs.length)
    refuse(
      `The ${what} data has ${targets.length} targets, the model has ${outputs.length} outputs with a loss.`,
    );
  outputs.forEach((output, index) => {
    const shape = graph.outputs[output.index]?.shape ?? [];
    const given = targets[index]?.shape ?? [];
    const wanted = targetSize(output, shape);
    if (wanted !== null && sizeOf(given) !== wanted)
      refuse(
        `The ${what} data has [${given.join(', ')}] values a sample for the target of "${output.name}", whose shape is [${shape.join(', ')}]: the loss ${output.loss.settings.name} takes ${wanted}.`,
      );
  });
  if (weights.length > outputs.length)
    refuse(
      `The ${what} data has sample weights for ${weights.length} outputs, the model has ${outputs.length} with a loss.`,
    );
  checkLabels(training, data, what);
}

/** The same for one batch. */
export function checkBatch(training: Training, samples: Samples): void {
  checkSamples(training, { count: samples.count, take: () => samples }, 'given');
}

/** Throws VALIDATION_FAILED when inputs or targets are not those that the model and its losses take. */
export function checkData(training: Training, train: TrainingData, validation: TrainingData | null): void {
  checkSamples(training, train, 'training');
  if (validation) checkSamples(training, validation, 'validation');
}
