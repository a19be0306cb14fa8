// The training loop.

import { GradstreamError, type NewFrame, type RunSpec } from '@gradstream/contracts';
import {
  applyScaling,
  BatchPipeline,
  fitScaling,
  splitIndices,
  type Scaling,
  type Table,
} from '@gradstream/datasets';
import type { Engine } from '@gradstream/engine';
import type { ModelGraph } from '@gradstream/models';
import path from 'node:path';
import { Network } from '../network/network.js';
import { stepSeed } from '../network/seeds.js';
import { encodeSafetensors, writeWhole } from '../checkpoint/safetensors.js';
import { createLoss } from '../losses/losses.js';
import { createOptimizer } from '../optimizers/optimizer.js';
import { layerNames } from '../statistics/norms.js';
import { StepRunner, type StepResult } from './step.js';

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
  at: Position,
  values: Readonly<Record<string, number>>,
): NewFrame {
  const time = new Date().toISOString();
  return { kind, ...at, time, series: Object.keys(values), values: Object.values(values), event: null };
}

/** Mean loss, and accuracy if it is asked for, over all batches of a pipeline. */
async function validate(
  runner: StepRunner,
  pipeline: BatchPipeline,
  withAccuracy: boolean,
): Promise<Record<string, number>> {
  let [loss, correct, samples] = [0, 0, 0];
  for (let index = 0; index < pipeline.batchesPerEpoch; index++) {
    const batch = pipeline.batch(0, index);
    const result = await runner.evaluate(batch);
    loss += result.loss * batch.size;
    correct += result.correct;
    samples += batch.size;
  }
  return { valLoss: loss / samples, ...(withAccuracy ? { valAccuracy: correct / samples } : {}) };
}

/** The metrics of a step, by the names of their series. */
function metricsOf(
  result: StepResult,
  size: number,
  learningRate: number,
  stepMs: number,
  withAccuracy: boolean,
): Record<string, number> {
  const { loss, correct, gradientNorm, clippedGradientNorm } = result;
  const accuracy = withAccuracy ? { accuracy: correct / size } : {};
  return { loss, ...accuracy, learningRate, gradientNorm, clippedGradientNorm, stepMs };
}

/** Writes the weights as they are now, with what is needed to use them. */
async function saveCheckpoint(
  network: Network,
  folder: string,
  usage: Readonly<Record<string, string>>,
  at: Position,
  metrics: Record<string, number>,
): Promise<CheckpointFile> {
  const tensors = network.weights.map(({ name, variable }) => ({
    name,
    shape: variable.shape,
    values: Float32Array.from(variable.dataSync()),
  }));
  const bytes = encodeSafetensors(tensors, {
    format: 'gradstream',
    step: String(at.step),
    epoch: String(at.epoch),
    ...usage,
  });
  const file = path.join(folder, `step-${at.step}.safetensors`);
  return { file, ...at, ...(await writeWhole(file, bytes)), metrics };
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
  const usage = describeUsage(spec, table, scaling);
  const batches = new BatchPipeline(table, split.train, spec);
  const validation = new BatchPipeline(table, split.validation, { ...spec, shuffle: false });

  const network = new Network(engine, graph, spec.seed);
  const loss = createLoss(engine, spec.loss, network);
  const optimizer = createOptimizer(
    engine,
    spec.optimizer,
    network.trainable.map(({ variable }) => variable),
  );
  const runner = new StepRunner({ engine, network, loss, optimizer, spec });
  const withAccuracy = spec.metrics.includes('accuracy');
  const series = layerNames(network.trainable).map((name) => `${name}/norm`);
  const { learningRate } = spec.optimizer;

  try {
    options.onStart(spec.epochs * batches.batchesPerEpoch);
    let step = 0;
    for (let epoch = 1; epoch <= spec.epochs; epoch++) {
      let last: Record<string, number> = {};
      for (let index = 0; index < batches.batchesPerEpoch; index++) {
        await options.waitUntilReady?.();
        if (options.shouldStop()) return 'stopped';
        const began = performance.now();
        const batch = batches.batch(epoch - 1, index);
        const result = await runner.train(batch, learningRate, stepSeed(spec.seed, step));
        step++;

        last = metricsOf(result, batch.size, learningRate, performance.now() - began, withAccuracy);
        onFrame(frameOf('metrics', { step, epoch }, last));
        onFrame(
          frameOf(
            'gradients',
            { step, epoch },
            Object.fromEntries(series.map((name, at) => [name, result.layerNorms[at] ?? 0])),
          ),
        );
        if (!Number.isFinite(result.loss)) throw diverged(step, result.loss);
      }

      const validated = await validate(runner, validation, withAccuracy);
      onFrame(frameOf('metrics', { step, epoch }, validated));
      if (epoch % spec.checkpoints.everyEpochs === 0 || epoch === spec.epochs) {
        options.onCheckpoint(
          await saveCheckpoint(network, options.folder, usage, { step, epoch }, { ...last, ...validated }),
        );
      }
    }
    return 'completed';
  } finally {
    runner.dispose();
    network.dispose();
    for (const variable of optimizer.state) variable.dispose();
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

/** The end of a run whose loss is NaN or infinite. */
function diverged(step: number, loss: number): GradstreamError {
  const detail = `The loss is ${loss} at step ${step}. Use a smaller learning rate, clip gradients ("clip": {"globalNorm": 1}), or scale the inputs.`;
  return new GradstreamError('DIVERGED', detail);
}
