// A run's spec carried out by the training loop: from a table to frames and checkpoints.

import { GradstreamError, type NewFrame, type RunSpec } from '@gradstream/contracts';
import { applyScaling, fitScaling, splitIndices, type Scaling, type Table } from '@gradstream/datasets';
import type { Engine } from '@gradstream/engine';
import type { ModelGraph } from '@gradstream/models';
import { createHash } from 'node:crypto';
import { openCheckpoint } from '../checkpoint/checkpoint.js';
import { fit } from '../fit/fit.js';
import { Training } from '../fit/training.js';
import { handOver, type RunCheckpoint } from './checkpoints.js';
import { epochFrame, stepFrames } from './frames.js';
import { rowsOf, targetForm } from './samples.js';
import { settingsOf } from './settings.js';

/** What is known before the first step. */
export interface RunStart {
  readonly totalSteps: number;
  /** Updates that are done: those of the checkpoint that the run goes on from. */
  readonly step: number;
  /** Why a resumed run may end with other bytes than one that was never stopped; mostly empty. */
  readonly inexact: readonly string[];
}

export interface TrainingOptions {
  readonly engine: Engine;
  readonly graph: ModelGraph;
  readonly table: Table;
  readonly spec: RunSpec;
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
export async function train(options: TrainingOptions): Promise<'completed' | 'stopped'> {
  const { engine, graph, table, spec, folder, onFrame } = options;
  checkClasses(table, spec);
  const split = splitIndices(table.rows, spec.split);
  const scaling = fitScaling(table.inputs, spec.inputColumns.length, split.train, spec.inputs[0].scale);
  applyScaling(table.inputs, scaling);
  const form = targetForm(spec, graph);
  const settings = settingsOf(spec, { values: table.targets }, split.train);
  const resumeFrom = options.resumeFrom === undefined ? null : await openCheckpoint(options.resumeFrom);
  let checkpoints = 0;
  try {
    const training = new Training(engine, graph, settings);
    try {
      const { reason } = await fit(training, {
        train: rowsOf(table, split.train, graph, form),
        validation: rowsOf(table, split.validation, graph, form),
        checkpoints: {
          folder,
          specSha256: hashOf(spec),
          specVersion: spec.specVersion,
          usage: describeUsage(spec, table, scaling),
        },
        resumeFrom,
        changed: spec.origin !== null && resumeFrom?.manifest.specSha256 !== hashOf(spec),
        onStart: options.onStart,
        onStep: (event) => {
          stepFrames(event).forEach(onFrame);
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

/** Throws DATASET_UNREADABLE when the target has other classes than the check counted, which the model was made for. */
function checkClasses({ classes }: Table, { classCount, target }: RunSpec): void {
  if (classes === null || classes.length === classCount) return;
  const detail = `The target "${target.column}" has ${classes.length} classes, its check counted ${classCount ?? 0}: upload the dataset again.`;
  throw new GradstreamError('DATASET_UNREADABLE', detail);
}

/**
 * What turns a row into an input and an output into an answer, as JSON by name: the order of the columns, what each
 * was scaled by, (x - offset) · factor, and the order of the classes.
 */
function describeUsage(
  spec: RunSpec,
  { classes }: Table,
  { offset, factor }: Scaling,
): Record<string, string> {
  const scaled = spec.inputs[0].scale !== 'none';
  return {
    inputColumns: JSON.stringify(spec.inputColumns),
    ...(scaled ? { scaling: JSON.stringify({ offset: [...offset], factor: [...factor] }) } : {}),
    ...(classes ? { classes: JSON.stringify(classes) } : {}),
  };
}
