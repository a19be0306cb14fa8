// Whether a training goes on where another one stood: what a checkpoint says of the training that wrote it, and the comparison.

import { GradstreamError, type CheckpointManifest, type WatchingRule } from '@gradstream/contracts';
import { createHash } from 'node:crypto';
import { inexactBecause } from '../checkpoint/manifest.js';
import { executionOf } from './execution.js';
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

/** What decides about the order of steps besides the seed. */
export const shapeOf = ({ settings }: Training, samples: number) => ({
  batchSize: settings.batchSize,
  accumulate: settings.accumulate,
  shuffle: settings.shuffle,
  samples,
});

/** What is measured: sums of other metrics cannot be gone on with. */
export const measuresOf = ({ settings: { loss, classWeights, metrics } }: Training): string =>
  JSON.stringify({ loss, classWeights, metrics });

/** What the values are of that a rule remembers; null for a rule that there is not. */
function watchedBy({ settings }: Training, rule: WatchingRule): string | null {
  const { loss, classWeights, [rule]: watching } = settings;
  return watching && JSON.stringify([watching.monitor, watching.mode, loss, classWeights]);
}

const RULES: readonly WatchingRule[] = ['earlyStopping', 'reduceOnPlateau', 'checkpoints'];

/** What each rule watches. */
export const watchedOf = (training: Training): (string | null)[] =>
  RULES.map((rule) => watchedBy(training, rule));

/** Whether a rule watches what it watched when a checkpoint was written. */
export function watchesTheSame(
  training: Training,
  { state }: CheckpointManifest,
  rule: WatchingRule,
): boolean {
  const saved = Array.isArray(state['watched']) ? state['watched'][RULES.indexOf(rule)] : null;
  return typeof saved === 'string' && saved === watchedBy(training, rule);
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
