// A run's spec carried out by the training loop: from a dataset to frames and checkpoints.

import type { NewFrame, RunSpec } from '@gradstream/contracts';
import type { ShardedDataset } from '@gradstream/datasets';
import type { Engine } from '@gradstream/engine';
import type { ModelGraph } from '@gradstream/models';
import { createHash } from 'node:crypto';
import { openCheckpoint } from '../checkpoint/checkpoint.js';
import type { TrainingPrecision } from '../fit/execution.js';
import { fit } from '../fit/fit.js';
import { Training } from '../fit/training.js';
import { handOver, type RunCheckpoint } from './checkpoints.js';
import { describeUsage } from './describeUsage.js';
import { epochFrame, logFrame, rateFrame, stepFrames } from './frames.js';
import { prepareData, type PreparedData } from './prepare.js';
import { settingsOf } from './settings.js';
import { SystemFigures } from './systemFigures.js';

/** What is known before the first step. */
export interface RunStart {
  readonly totalSteps: number;
  /** Updates that are done: those of the checkpoint that the run goes on from. */
  readonly step: number;
  /** Why a resumed run may end with other bytes than one that was never stopped; mostly empty. */
  readonly inexact: readonly string[];
  /** What steps compute in. */
  readonly precision: TrainingPrecision;
}

export interface RunOptions {
  readonly engine: Engine;
  readonly graph: ModelGraph;
  readonly dataset: ShardedDataset;
  readonly spec: RunSpec;
  /** Tells checkpoints of this run from others'; that of the spec as it is given, unless it is stored in another form. */
  readonly specSha256?: string;
  /** Where checkpoints are written. */
  readonly folder: string;
  /** The folder of a whole checkpoint of this run, to go on from. */
  readonly resumeFrom?: string;
  /** Says that data and network are ready, before the first step. */
  readonly onStart: (start: RunStart) => void;
  readonly onFrame: (frame: NewFrame) => void;
  /** Takes over files, which are complete. */
  readonly onCheckpoint: (checkpoint: RunCheckpoint) => void;
  /** Resolves when the listener can take more; awaited before each step. */
  readonly waitUntilReady?: () => Promise<void>;
  /** Asked before each step. */
  readonly shouldStop: () => boolean;
}

const hashOf = (spec: RunSpec): string => createHash('sha256').update(JSON.stringify(spec)).digest('hex');

/**
 * Trains. Returns whether it came to its end or a stop was asked for; then the last checkpoint is that of the stop.
 * Throws DIVERGED when the loss is no longer finite, its last frame shows it; CHECKPOINT_INVALID for one of another run.
 */
export async function train(options: RunOptions): Promise<'completed' | 'stopped'> {
  const { engine, graph, dataset, spec, specSha256 = hashOf(spec), folder, onFrame } = options;
  const data = prepareData(dataset, spec, graph);
  const settings = settingsOf(spec, data);
  const resumeFrom = options.resumeFrom === undefined ? null : await openCheckpoint(options.resumeFrom);
  let checkpoints = 0;
  try {
    const training = new Training(engine, graph, settings);
    const figures = new SystemFigures();
    try {
      const { reason } = await fit(training, {
        train: data.train,
        validation: data.validation,
        checkpoints: {
          folder,
          specSha256,
          specVersion: spec.specVersion,
          usage: describeUsage(spec, data),
        },
        resumeFrom,
        changed: spec.origin !== null && resumeFrom?.manifest.specSha256 !== specSha256,
        onStart: (start) => {
          options.onStart(start);
          if (resumeFrom !== null) return;
          if (spec.precision === 'auto')
            onFrame(logFrame('info', `Steps compute in ${start.precision} on this machine.`));
          const notice = duplicatesNotice(data);
          if (notice !== null) onFrame(logFrame('warn', notice));
        },
        onStatisticsRate: (event) => {
          onFrame(rateFrame(event, spec.stepsPerCall));
        },
        onStep: (event) => {
          stepFrames(event).forEach(onFrame);
          const system = figures.add(event);
          if (system) onFrame(system);
        },
        onEpoch: (event) => {
          const frame = epochFrame(event);
          if (frame) onFrame(frame);
        },
        onCheckpoint: async (event) => {
          options.onCheckpoint(await handOver(event, ++checkpoints));
        },
        shouldStop: options.shouldStop,
        ...(options.waitUntilReady ? { waitUntilReady: options.waitUntilReady } : {}),
      });
      return reason === 'stopped' ? 'stopped' : 'completed';
    } finally {
      training.dispose();
    }
  } finally {
    await resumeFrom?.close();
  }
}

/** What is to be said of validation rows that were trained on; null when there are none. */
function duplicatesNotice({ countDuplicates, validation }: PreparedData): string | null {
  const duplicates = countDuplicates();
  if (duplicates === null)
    return 'The dataset is too large to look for validation rows that are among the training rows.';
  if (duplicates === 0) return null;
  return `${duplicates} of ${validation.count} validation rows are the same in every column as a training row: validation looks better than it is.`;
}
