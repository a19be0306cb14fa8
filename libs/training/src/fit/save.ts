// A training's whole state to a checkpoint, and back.

import { toWireNumber, type CheckpointManifest } from '@gradstream/contracts';
import type { Engine, Variable } from '@gradstream/engine';
import type { CallbackSet } from '../callbacks/callbackSet.js';
import { writeCheckpoint, type OpenCheckpoint, type WrittenCheckpoint } from '../checkpoint/checkpoint.js';
import { hostValues, type TensorSource } from '../checkpoint/dtypes.js';
import type { TensorFile } from '../checkpoint/tensorReader.js';
import type { Metrics } from '../metrics/index.js';
import type { NamedVariable } from '../optimizers/weights.js';
import type { Position } from './plan.js';
import type { Snapshot } from './snapshot.js';
import type { Training } from './training.js';

/** Where checkpoints go and what they are of. */
export interface CheckpointTarget {
  readonly folder: string;
  /** Hash and version of what the run was made from; only a run of the same resumes exactly. */
  readonly specSha256: string;
  readonly specVersion: number;
  /** What is needed to use the weights, as text by name. */
  readonly usage?: Readonly<Record<string, string>>;
  /** Frames that were told so far. */
  readonly framesWatermark?: () => number;
}

export interface SavedParts {
  readonly training: Training;
  readonly callbacks: CallbackSet;
  readonly snapshot: Snapshot;
  /** Of the update that is being accumulated. */
  readonly stepMetrics: Metrics;
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

/** How steps are computed here. */
function executionOf({ gs, steps }: Training): CheckpointManifest['execution'] {
  const { threads, devices } = gs.describe();
  const executor = steps.executor;
  return {
    device: devices[0]?.name ?? 'CPU',
    executor: executor === 'xla' || executor === 'eager' ? executor : 'captured',
    intraOpThreads: threads.intraOp,
    interOpThreads: threads.interOp,
  };
}

/** Writes the whole state at a position. Not while a step runs. */
export async function saveTraining(
  { training, callbacks, snapshot, stepMetrics }: SavedParts,
  target: CheckpointTarget,
  position: Position,
  metrics: Readonly<Record<string, number>>,
): Promise<WrittenCheckpoint> {
  const { network, settings, gs } = training;
  const { step, epoch, samples, microSteps } = position;
  return writeCheckpoint(target.folder, {
    weights: network.weights.map(sourceOf),
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
      execution: executionOf(training),
      metrics: Object.fromEntries(
        Object.entries(metrics).map(([name, value]) => [name, toWireNumber(value)]),
      ),
      state: {
        callbacks: callbacks.state as Json,
        metrics: training.metrics.state() as Json,
        stepMetrics: stepMetrics.state() as Json,
      },
    },
  });
}

/** Assigns what a file holds to variables of the same names. Throws CHECKPOINT_INVALID for another shape. */
async function load({ tf }: Engine, file: TensorFile, variables: readonly NamedVariable[]): Promise<void> {
  for (const { name, variable } of variables) {
    const stored = await file.read(name, { dtype: 'F32', shape: variable.shape });
    const values = hostValues(stored);
    if (!(values instanceof Float32Array)) throw new Error('a float32 tensor has float32 values');
    tf.tidy(() => {
      variable.assign(tf.tensor(values, variable.shape));
    });
  }
}

/** Brings weights, slots, sums and best weights back, and returns the position. The callbacks are made from the manifest. */
export async function restoreTraining(
  { training, snapshot, stepMetrics }: Omit<SavedParts, 'callbacks'>,
  { manifest, weights, state }: OpenCheckpoint,
): Promise<Position> {
  const { gs, network } = training;
  await load(gs, weights, network.weights);
  if (state.tensors.some(({ name }) => name.startsWith('best/'))) snapshot.take();
  await load(gs, state, [...training.stateVariables, ...snapshot.variables]);
  training.metrics.restore(manifest.state['metrics']);
  stepMetrics.restore(manifest.state['stepMetrics']);
  const { step, epoch, position } = manifest;
  return { step, epoch, samples: position.samples, microSteps: position.microSteps };
}

/** Assigns the weights of a checkpoint to a network of the same shapes: the start of another run. */
export async function loadWeights({ gs, network }: Training, weights: TensorFile): Promise<void> {
  await load(gs, weights, network.weights);
}

/** The weights as they are now, by name. */
export function readWeights({ network }: Training): Map<string, { shape: number[]; values: Float32Array }> {
  const read = (variable: Variable): Float32Array => Float32Array.from(variable.dataSync());
  return new Map(
    network.weights.map(({ name, variable }) => [name, { shape: variable.shape, values: read(variable) }]),
  );
}
