// A training's whole state to a checkpoint, and back.

import {
  fromWireMetrics,
  toWireMetrics,
  wireMetricsSchema,
  type CheckpointManifest,
} from '@gradstream/contracts';
import type { Engine, Variable } from '@gradstream/engine';
import { hostValues, type TensorSource } from '@gradstream/models';
import type { CallbackSet } from '../callbacks/callbackSet.js';
import { writeCheckpoint, type OpenCheckpoint, type WrittenCheckpoint } from '../checkpoint/checkpoint.js';
import type { TensorFile } from '../checkpoint/tensorReader.js';
import type { Metrics } from '../metrics/index.js';
import type { NamedVariable } from '../optimizers/weights.js';
import { measuresOf, shapeOf, watchedOf, type CheckpointTarget } from './continuity.js';
import { executionOf } from './execution.js';
import type { Position } from './plan.js';
import type { StatisticsRate } from './statisticsRate.js';
import type { Snapshot } from './snapshot.js';
import type { Training } from './training.js';

export interface SavedParts {
  readonly training: Training;
  readonly callbacks: CallbackSet;
  readonly snapshot: Snapshot;
  /** Of the update that is being accumulated. */
  readonly stepMetrics: Metrics;
  readonly statisticsRate: StatisticsRate;
}

/** States are JSON by contract; the manifest's schema checks it before it is written. */
type Json = CheckpointManifest['state'][string];

/** A float32 variable, read when its turn comes. */
const sourceOf = ({ name, variable }: NamedVariable): TensorSource => ({
  name,
  dtype: 'F32',
  shape: variable.shape,
  read: () => {
    const values = variable.dataSync();
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  },
});

/** What was measured when a checkpoint is written. */
export interface SavedMetrics {
  /** Of the weights that are written, for the record. */
  readonly last: Readonly<Record<string, number>>;
  /** Over the last whole epoch. */
  readonly epoch: Readonly<Record<string, number>>;
}

/** Metrics of a manifest's state. */
const metricsIn = (state: unknown): Record<string, number> => fromWireMetrics(wireMetricsSchema.parse(state));

/** Writes the whole state at a position. Not while a step runs. The weights' file has what evaluations use: the averages. */
export async function saveTraining(
  { training, callbacks, snapshot, stepMetrics, statisticsRate }: SavedParts,
  target: CheckpointTarget,
  { step, epoch, samples, microSteps, count }: Position & { readonly count: number },
  metrics: SavedMetrics,
): Promise<WrittenCheckpoint> {
  const { network, settings, gs } = training;
  return writeCheckpoint(target.folder, {
    weights: network.weights.map((weight) =>
      sourceOf({ name: weight.name, variable: training.evaluated(weight) }),
    ),
    state: [...training.stateVariables, ...snapshot.variables].map(sourceOf),
    ...(target.usage ? { usage: target.usage } : {}),
    manifest: {
      engineVersion: gs.version,
      specVersion: target.specVersion,
      specSha256: target.specSha256,
      step,
      epoch,
      position: { samples, microSteps },
      seed: settings.seed,
      framesWatermark: target.framesWatermark?.() ?? 0,
      execution: executionOf(training, 'captured'),
      metrics: toWireMetrics(metrics.last),
      state: {
        callbacks: callbacks.state as Json,
        metrics: training.metrics.state() as Json,
        stepMetrics: stepMetrics.state() as Json,
        epochMetrics: toWireMetrics(metrics.epoch),
        bestMetrics: toWireMetrics(snapshot.metrics),
        statisticsRate: statisticsRate.chosen,
        shape: shapeOf(training, count),
        measures: measuresOf(training),
        watched: watchedOf(training),
      },
    },
  });
}

/** Assigns what a file holds to variables of the same names. Throws CHECKPOINT_INVALID for another shape. */
export async function loadVariables(
  { tf }: Engine,
  file: TensorFile,
  variables: readonly NamedVariable[],
): Promise<void> {
  for (const { name, variable } of variables) {
    const stored = await file.read(name, { dtype: 'F32', shape: variable.shape });
    const values = hostValues(stored);
    if (!(values instanceof Float32Array)) throw new Error('a float32 tensor has float32 values');
    tf.tidy(() => {
      variable.assign(tf.tensor(values, variable.shape));
    });
  }
}

/**
 * Brings weights, slots, sums and best weights back; returns the position, and what was measured over the last whole epoch.
 * The callbacks are made from the manifest. With `changed` settings what the checkpoint does not have stays as in a new
 * training; averages begin with its weights.
 */
export async function restoreTraining(
  { training, snapshot, stepMetrics }: Omit<SavedParts, 'callbacks' | 'statisticsRate'>,
  { manifest, weights, state }: OpenCheckpoint,
  changed: boolean,
): Promise<{ position: Position; epochMetrics: Record<string, number> }> {
  const { gs, network, optimizer } = training;
  await loadVariables(gs, weights, network.weights);
  if (changed) optimizer.averages?.reset();
  if (state.tensors.some(({ name }) => name.startsWith('best/')))
    snapshot.take(metricsIn(manifest.state['bestMetrics']));
  const wanted = [...training.stateVariables, ...snapshot.variables];
  const stored = new Set(state.tensors.map(({ name }) => name));
  await loadVariables(gs, state, changed ? wanted.filter(({ name }) => stored.has(name)) : wanted);
  const isSame = manifest.state['measures'] === measuresOf(training);
  for (const [metrics, saved] of [
    [training.metrics, manifest.state['metrics']],
    [stepMetrics, manifest.state['stepMetrics']],
  ] as const)
    if (isSame) metrics.restore(saved);
    else metrics.reset();
  const { step, epoch, position } = manifest;
  return {
    position: { step, epoch, samples: position.samples, microSteps: position.microSteps },
    epochMetrics: metricsIn(manifest.state['epochMetrics']),
  };
}

/** Assigns the weights of a checkpoint to a network of the same shapes: the start of another run. */
export async function loadWeights({ gs, network, optimizer }: Training, weights: TensorFile): Promise<void> {
  await loadVariables(gs, weights, network.weights);
  optimizer.averages?.reset();
}

/** The weights that evaluations use, by name: the averages where the optimizer keeps them. */
export function readWeights(training: Training): Map<string, { shape: number[]; values: Float32Array }> {
  const read = (variable: Variable): Float32Array => Float32Array.from(variable.dataSync());
  return new Map(
    training.network.weights.map((weight) => {
      const variable = training.evaluated(weight);
      return [weight.name, { shape: variable.shape, values: read(variable) }];
    }),
  );
}
