// A workload through the training library: its model, settings and data, and the loop of libs/training.

import { trainingSettingsSchema } from '@gradstream/contracts';
import { parseModel } from '@gradstream/models';
import { arrayData, fit, Training } from '@gradstream/training';
import { fill } from './data.mjs';
import { definitionOf } from './definitions.mjs';

/** @typedef {import('./workloads.mjs').Workload} Workload */

/**
 * @typedef {object} LibraryOptions
 * @property {'none' | 'norms'} statistics
 * @property {'float32' | 'bfloat16'} precision
 * @property {import('@gradstream/engine').Executor | 'auto'} executor
 * @property {number} stepsPerCall
 * @property {number} epochs
 * @property {boolean} deterministic weights of the check, samples in their order
 */

/** The name that the library's layers give to a tensor of the workloads. */
const libraryName = (/** @type {string} */ name) =>
  name.replace(/_mha\/output_/, '_mha/attention_output_').replace(/(_mha\/[a-z_]+)_(kernel|bias)$/, '$1/$2');

/** The training of a workload. */
export function trainingOf(
  /** @type {import('@gradstream/engine').Engine} */ engine,
  /** @type {Workload} */ workload,
  /** @type {LibraryOptions} */ { statistics, precision, executor, stepsPerCall, epochs, deterministic },
) {
  const parsed = parseModel(definitionOf(workload));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const settings = trainingSettingsSchema.parse({
    loss: { name: 'sparseCategoricalCrossentropy', fromLogits: true },
    batchSize: workload.batch,
    shuffle: !deterministic,
    statistics: { normsEverySteps: statistics === 'norms' ? 1 : null },
    precision,
    executor,
    stepsPerCall,
    epochs,
  });
  const training = new Training(engine, parsed.graph, settings);
  const { tf } = engine;
  workload.tensors.forEach(([name, shape], k) => {
    const { variable } = training.network.weight(libraryName(name));
    if (variable.shape.join() !== shape.join()) throw new Error(`${name} has another shape`);
    if (deterministic) tf.tidy(() => variable.assign(tf.tensor(fill(k, name, shape), shape)));
  });
  return training;
}

/** Samples as data of the loop. */
export const dataOf = (
  /** @type {Workload} */ { input },
  /** @type {import('./data.mjs').Samples} */ { x, y },
) => arrayData({ inputs: { values: x, shape: input }, targets: { values: y, shape: [] } });

/**
 * Trains and returns the losses of the steps, and when each epoch ended, in ms.
 * @param {Training} training
 * @param {import('@gradstream/training').TrainingData} train
 */
export async function run(training, train) {
  /** @type {number[]} */
  const losses = [];
  /** @type {number[]} */
  const ends = [];
  await fit(training, {
    train,
    onStart: () => ends.push(performance.now()),
    onStep: ({ metrics }) => losses.push(metrics['loss'] ?? Number.NaN),
    onEpoch: () => ends.push(performance.now()),
  });
  return { losses, ends };
}
