// A training's whole state to a checkpoint, and back.

import {
  fromWireMetrics,
  GradstreamError,
  toWireMetrics,
  wireMetricsSchema,
  type CheckpointManifest,
  type WatchingRule,
} from '@gradstream/contracts';
import { createHash } from 'node:crypto';
import type { Engine, Variable } from '@gradstream/engine';
import { hostValues, type TensorSource } from '@gradstream/models';
import type { CallbackSet } from '../callbacks/callbackSet.js';
import { writeCheckpoint, type OpenCheckpoint, type WrittenCheckpoint } from '../checkpoint/checkpoint.js';
import { inexactBecause } from '../checkpoint/manifest.js';
import type { TensorFile } from '../checkpoint/tensorReader.js';
import type { Metrics } from '../metrics/index.js';
import type { NamedVariable } from '../optimizers/weights.js';
import type { Position } from './plan.js';
import type { StatisticsRate } from './statisticsRate.js';
import type { Snapshot } from './snapshot.js';
import type { Training } from './training.js';

/** Where checkpoints go and what they are of. */
export interface CheckpointTarget {
  /** Made when it is not there. */
  readonly folder: string;
  /** Hash and version of what the run was made from; only a run of the same resumes. */
  readonly specSha256: string;
  readonly specVersion: number;
  /** What is needed to use the weights, as text by name. */
  readonly usage?: Readonly<Record<string, string>>;
  /** Frames that were told so far. */
  readonly framesWatermark?: () => number;
}

/** A target as it is given: without a hash it is that of settings and weights' shapes. */
export type GivenTarget = Pick<CheckpointTarget, 'folder'> & Partial<CheckpointTarget>;

export function targetOf({ settings, network }: Training, given: GivenTarget): CheckpointTarget {
  const weights = network.weights.map(({ name, variable }) => [name, variable.shape]);
  const specSha256 = createHash('sha256').update(JSON.stringify({ settings, weights })).digest('hex');
  return { specSha256, specVersion: 1, ...given };
}

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

type Executor = CheckpointManifest['execution']['executor'];

/** How steps are computed: what ran them, before the first one what is to; `chosen` where `auto` decides. */
function executionOf(
  { gs, steps, settings, precision }: Training,
  chosen: Executor,
): CheckpointManifest['execution'] {
  const { threads, devices } = gs.describe();
  return {
    device: devices[0]?.name ?? 'CPU',
    executor: steps.executor ?? (settings.executor === 'auto' ? chosen : settings.executor),
    precision,
    intraOpThreads: threads.intraOp,
    interOpThreads: threads.interOp,
  };
}

/** What was measured when a checkpoint is written. */
export interface SavedMetrics {
  /** Of the weights that are written, for the record. */
  readonly last: Readonly<Record<string, number>>;
  /** Over the last whole epoch. */
  readonly epoch: Readonly<Record<string, number>>;
}

/** Metrics of a manifest's state. */
const metricsIn = (state: unknown): Record<string, number> => fromWireMetrics(wireMetricsSchema.parse(state));

/** What decides about the order of steps besides the seed. */
const shapeOf = ({ settings }: Training, samples: number) => ({
  batchSize: settings.batchSize,
  accumulate: settings.accumulate,
  shuffle: settings.shuffle,
  samples,
});

/** What is measured: sums of other metrics cannot be gone on with. */
const measuresOf = ({ settings: { loss, classWeights, metrics } }: Training): string =>
  JSON.stringify({ loss, classWeights, metrics });

/** What the values are of that a rule remembers; null for a rule that there is not. */
function watchedBy({ settings }: Training, rule: WatchingRule): string | null {
  const { loss, classWeights, [rule]: watching } = settings;
  return watching && JSON.stringify([watching.monitor, watching.mode, loss, classWeights]);
}

const RULES: readonly WatchingRule[] = ['earlyStopping', 'reduceOnPlateau', 'checkpoints'];

/** Whether a rule watches what it watched when a checkpoint was written. */
export function watchesTheSame(
  training: Training,
  { state }: CheckpointManifest,
  rule: WatchingRule,
): boolean {
  const saved = Array.isArray(state['watched']) ? state['watched'][RULES.indexOf(rule)] : null;
  return typeof saved === 'string' && saved === watchedBy(training, rule);
}

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
        watched: RULES.map((rule) => watchedBy(training, rule)),
      },
    },
  });
}

/** What a resumed training is compared with. */
export interface ResumeCheck {
  readonly samples: number;
  readonly target: CheckpointTarget | null;
  /** Whether the settings may be others. */
  readonly changed: boolean;
}

/**
 * Whether a checkpoint is of this training: throws CHECKPOINT_INVALID when seed, batches or number of samples differ, or
 * the spec where the target names one. Returns what else differs, so that the continuation ends with other bytes.
 */
export function checkResume(
  training: Training,
  manifest: CheckpointManifest,
  { samples, target, changed }: ResumeCheck,
): string[] {
  const saved = JSON.stringify(manifest.state['shape'] ?? null);
  const now = JSON.stringify(shapeOf(training, samples));
  if (saved !== now) {
    const detail = `The checkpoint belongs to a training of ${saved}, this one has ${now}: resume with the same batches and data, or begin a new training with its weights.`;
    throw new GradstreamError('CHECKPOINT_INVALID', detail);
  }
  // What `auto` chose then decides now; and by the same spec steps are run as they were.
  const { executor } = manifest.execution;
  const execution = executionOf(training, executor);
  return inexactBecause(manifest, {
    specSha256: changed ? manifest.specSha256 : (target?.specSha256 ?? manifest.specSha256),
    seed: training.settings.seed,
    engineVersion: training.gs.version,
    execution: target === null || changed ? execution : { ...execution, executor },
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
