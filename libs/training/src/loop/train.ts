// A run's spec carried out by the training loop: what the spec says as settings, what the loop tells as frames.

import {
  fromWireNumber,
  GradstreamError,
  trainingSettingsSchema,
  type NewFrame,
  type RunSpec,
} from '@gradstream/contracts';
import { applyScaling, fitScaling, splitIndices, type Scaling, type Table } from '@gradstream/datasets';
import type { Engine } from '@gradstream/engine';
import type { ModelGraph } from '@gradstream/models';
import { createHash } from 'node:crypto';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { removeCheckpoint } from '../checkpoint/checkpoint.js';
import type { TrainingData } from '../fit/data.js';
import type { CheckpointEvent, StepEvent } from '../fit/events.js';
import { fit } from '../fit/fit.js';
import { Training } from '../fit/training.js';

/** A checkpoint's file, complete. */
export interface CheckpointFile {
  readonly file: string;
  readonly step: number;
  readonly epoch: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly metrics: Record<string, number>;
}

export interface TrainingOptions {
  readonly engine: Engine;
  readonly graph: ModelGraph;
  readonly table: Table;
  readonly spec: RunSpec;
  /** Where checkpoints are written. */
  readonly folder: string;
  /** Says that data and network are ready, before the first step. */
  readonly onStart: (totalSteps: number) => void;
  readonly onFrame: (frame: NewFrame) => void;
  readonly onCheckpoint: (checkpoint: CheckpointFile) => void;
  /** Resolves when the listener can take more; awaited before each step. */
  readonly waitUntilReady?: () => Promise<void>;
  /** Asked before each step. */
  readonly shouldStop: () => boolean;
}

type Position = Pick<NewFrame, 'step' | 'epoch'>;

/** A frame of numbers. */
function frameOf(
  kind: 'metrics' | 'gradients',
  { step, epoch }: Position,
  values: Readonly<Record<string, number>>,
): NewFrame {
  const time = new Date().toISOString();
  return { kind, step, epoch, time, series: Object.keys(values), values: Object.values(values), event: null };
}

/** What the spec says about training. */
const settingsOf = ({ loss, optimizer, clip, metrics, checkpoints, ...spec }: RunSpec) =>
  trainingSettingsSchema.parse({
    loss,
    optimizer,
    clip,
    metrics,
    batchSize: spec.batchSize,
    epochs: spec.epochs,
    precision: spec.precision,
    seed: spec.seed,
    shuffle: spec.shuffle,
    checkpoints: { everyEpochs: checkpoints.everyEpochs },
  });

/** Some rows of a table; the model's input is all columns of a row. */
function rowsOf({ inputs, targets, rows }: Table, indices: Uint32Array, graph: ModelGraph): TrainingData {
  const width = inputs.length / rows;
  return {
    count: indices.length,
    take: (positions) => {
      const x = new Float32Array(positions.length * width);
      const y =
        targets instanceof Int32Array ? new Int32Array(positions.length) : new Float32Array(positions.length);
      positions.forEach((position, at) => {
        const row = indices[position] ?? 0;
        x.set(inputs.subarray(row * width, (row + 1) * width), at * width);
        y[at] = targets[row] ?? 0;
      });
      const shape = targets instanceof Int32Array ? [] : graph.outputShape;
      return {
        count: positions.length,
        inputs: [{ values: x, shape: graph.inputShape }],
        targets: [{ values: y, shape }],
        weights: [],
      };
    },
  };
}

/** The frames of a step: what people plot, then the gradient norms of the layers. */
function framesOf(event: StepEvent): NewFrame[] {
  const { metrics, learningRate, gradientNorm, clippedGradientNorm, layers, milliseconds } = event;
  const norms = { gradientNorm: gradientNorm ?? 0, clippedGradientNorm: clippedGradientNorm ?? 0 };
  const values = { ...metrics, learningRate, ...norms, stepMs: milliseconds };
  const gradients = Object.fromEntries(layers.map(({ name, norm }) => [`${name}/norm`, norm]));
  return [frameOf('metrics', event, values), frameOf('gradients', event, gradients)];
}

/** Takes the weights out of a checkpoint's folder, which ends with that. */
async function weightsOf({ folder, manifest }: CheckpointEvent): Promise<CheckpointFile> {
  const { step, epoch, position, metrics, files } = manifest;
  const file = `${folder}.safetensors`;
  await rename(path.join(folder, 'model.safetensors'), file);
  await removeCheckpoint(folder);
  // Between epochs a training stands before the first sample of the next one.
  const done = position.samples === 0 ? epoch - 1 : epoch;
  const numbers = Object.entries(metrics).map(([name, value]) => [name, fromWireNumber(value)] as const);
  return { file, step, epoch: done, ...files['model.safetensors'], metrics: Object.fromEntries(numbers) };
}

/**
 * Trains. Returns whether all epochs were done or a stop was asked for.
 * Throws DIVERGED when the loss is no longer finite; its last frame shows it.
 */
export async function train(options: TrainingOptions): Promise<'completed' | 'stopped'> {
  const { engine, graph, table, spec, onFrame } = options;
  checkClasses(table, spec);
  const split = splitIndices(table.rows, spec.split);
  const scaling = fitScaling(table.inputs, spec.inputColumns.length, split.train, spec.inputs[0].scale);
  applyScaling(table.inputs, scaling);
  const training = new Training(engine, graph, settingsOf(spec));
  try {
    const { reason } = await fit(training, {
      train: rowsOf(table, split.train, graph),
      validation: rowsOf(table, split.validation, graph),
      checkpoints: {
        folder: options.folder,
        specSha256: createHash('sha256').update(JSON.stringify(spec)).digest('hex'),
        specVersion: spec.specVersion,
        usage: describeUsage(spec, table, scaling),
      },
      onStart: ({ totalSteps }) => {
        options.onStart(totalSteps);
      },
      onStep: (event) => {
        framesOf(event).forEach(onFrame);
      },
      onEpoch: ({ metrics, ...at }) => {
        const validated = Object.entries(metrics).filter(([name]) => name.startsWith('val'));
        onFrame(frameOf('metrics', at, Object.fromEntries(validated)));
      },
      onCheckpoint: async (event) => {
        if (event.reason === 'stopped') await removeCheckpoint(event.folder);
        else options.onCheckpoint(await weightsOf(event));
      },
      shouldStop: options.shouldStop,
      ...(options.waitUntilReady ? { waitUntilReady: options.waitUntilReady } : {}),
    });
    return reason === 'stopped' ? 'stopped' : 'completed';
  } finally {
    training.dispose();
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
