// Small trainings for tests: models, data, and a run from start to end.

import {
  trainingSettingsSchema,
  type TrainingSettings,
  type TrainingSettingsInput,
} from '@gradstream/contracts';
import type { Engine } from '@gradstream/engine';
import { parseModel, type ModelGraph } from '@gradstream/models';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { arrayData, type TrainingData } from '../fit/data.js';
import type { CheckpointEvent, EpochEvent, StepEvent } from '../fit/events.js';
import { fit } from '../fit/fit.js';
import type { FitOptions } from '../fit/options.js';
import { readWeights } from '../fit/save.js';
import { Training } from '../fit/training.js';

export const SPEC = { specSha256: 'a'.repeat(64), specVersion: 1 };

/** A layer, as Keras writes it. */
export const layer = (class_name: string, config: object = {}): object => ({ class_name, config });
export const dense = (units: number, more: object = {}): object => layer('Dense', { units, ...more });
export const dropout = layer('Dropout', { rate: 0.25 });
export const mlp = [dense(8, { activation: 'gelu' }), dropout, dense(3, { activation: 'softmax' })];

export function graphFrom(definition: unknown): ModelGraph {
  const parsed = parseModel(definition);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.graph;
}

/** A chain of layers from inputs of a shape. */
export const graphOf = (layers: readonly object[], input: readonly number[] = [4]): ModelGraph =>
  graphFrom(
    layer('Sequential', { layers: [layer('InputLayer', { batch_shape: [null, ...input] }), ...layers] }),
  );

/** Points of three classes that lie in wedges around the origin. */
export function wedges(count: number): TrainingData {
  const x = Float32Array.from({ length: count * 4 }, (_, i) => Math.sin(1.7 * i) + Math.sin(0.3 * i * i));
  const y = Int32Array.from({ length: count }, (_, i) => {
    const angle = Math.atan2(x[4 * i] ?? 0, x[4 * i + 1] ?? 0) + Math.PI;
    return Math.min(2, Math.floor((3 * angle) / (2 * Math.PI)));
  });
  return arrayData({ inputs: { values: x, shape: [4] }, targets: { values: y, shape: [] } });
}

export const settingsOf = (given: Partial<TrainingSettingsInput> = {}): TrainingSettings =>
  trainingSettingsSchema.parse({ loss: 'sparseCategoricalCrossentropy', ...given });

export interface Ran {
  readonly steps: StepEvent[];
  readonly epochs: EpochEvent[];
  readonly checkpoints: CheckpointEvent[];
  readonly weights: Record<string, number[]>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly reason: string;
  readonly inexact: readonly string[];
}

/** Weights by name, as plain numbers. */
export const weightsOf = (training: Training): Record<string, number[]> =>
  Object.fromEntries([...readWeights(training)].map(([name, { values }]) => [name, [...values]] as const));

/** Trains from the start or from a checkpoint, and gives the final weights. */
export async function run(
  gs: Engine,
  graph: ModelGraph,
  given: Partial<TrainingSettingsInput>,
  options: FitOptions,
): Promise<Ran> {
  const training = new Training(gs, graph, settingsOf(given));
  const [steps, epochs, checkpoints]: [StepEvent[], EpochEvent[], CheckpointEvent[]] = [[], [], []];
  let inexact: readonly string[] = [];
  try {
    const { metrics, reason } = await fit(training, {
      ...options,
      onStart: (start) => (inexact = start.inexact),
      onStep: (event) => steps.push(event),
      onEpoch: (event) => epochs.push(event),
      onCheckpoint: (event) => void checkpoints.push(event),
    });
    return { steps, epochs, checkpoints, metrics, reason, inexact, weights: weightsOf(training) };
  } finally {
    training.dispose();
  }
}

/** Works in a folder of its own. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'gradstream-fit-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The largest distance of two lists, relative to values above 1. */
export const distanceOf = (actual: readonly number[], expected: readonly number[]): number =>
  expected.reduce(
    (most, value, index) =>
      Math.max(most, Math.abs((actual[index] ?? Number.NaN) - value) / Math.max(1, Math.abs(value))),
    0,
  );
