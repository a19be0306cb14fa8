// Whether a network can learn one batch by heart. One that cannot has a mistake in model, loss or data, which no
// amount of training mends.

import { GradstreamError, type TrainingSettings } from '@gradstream/contracts';
import type { Engine } from '@gradstream/engine';
import type { ModelGraph } from '@gradstream/models';
import { arrayData, type Samples } from '../fit/data.js';
import { fit } from '../fit/fit.js';
import { Training } from '../fit/training.js';
import { lowestLoss } from './lowestLoss.js';
import { WATCHING_NOTHING } from './watching.js';

export interface OverfitOptions {
  /** Updates at most, 300 by default. */
  readonly steps?: number;
  /** Share of the first loss, counted from the lowest that is possible, which the last one has to reach; 0.05 by default. */
  readonly share?: number;
}

export interface OverfitResult {
  readonly learned: boolean;
  readonly firstLoss: number;
  readonly lastLoss: number;
  /** What no network can get below on these targets, see `lowestLoss`. */
  readonly lowestLoss: number;
  readonly steps: number;
  readonly losses: readonly number[];
  readonly explanation: string;
}

/** Layers that make something else of the same samples at each step. */
const RANDOM = /Dropout|GaussianNoise|^Random/;

const withoutDecay = (optimizer: TrainingSettings['optimizer']): TrainingSettings['optimizer'] =>
  optimizer.name === 'muon'
    ? { ...optimizer, ema: null, weightDecay: null, adamWeightDecay: null }
    : { ...optimizer, ema: null, weightDecay: null };

/** The settings without whatever works against learning by heart, or has nothing to learn from. */
const settingsFor = (settings: TrainingSettings, samples: number, steps: number): TrainingSettings => ({
  ...settings,
  optimizer: withoutDecay(settings.optimizer),
  schedule: { name: 'constant', warmupSteps: 0, warmupStart: 0 },
  batchSize: samples,
  accumulate: 1,
  epochs: steps,
  stepsPerCall: 1,
  shuffle: false,
  ...WATCHING_NOTHING,
});

function checkOptions(steps: number, share: number): void {
  if (Number.isInteger(steps) && steps > 0 && share > 0 && share < 1) return;
  const detail = `steps is ${steps} and share is ${share}: give a whole number from 1, and a share between 0 and 1.`;
  throw new GradstreamError('VALIDATION_FAILED', detail);
}

/** What stands in the way although the settings do not. */
function hindrances({ layers }: ModelGraph, { network }: Training): string {
  const random = layers.filter(({ type }) => RANDOM.test(type)).map(({ name }) => name);
  const penalized = network.trainable.some(({ spec }) => spec.regularizer !== null);
  return [
    ...(random.length > 0
      ? [` Try it without ${random.join(', ')}, which change the samples each time.`]
      : []),
    ...(penalized ? [' Regularizers keep the loss up: try it without them.'] : []),
  ].join('');
}

/**
 * Trains a fresh network on one batch, with the settings' loss and optimizer but without whatever works against it:
 * schedules, averages, weight decay, limits and rules that stop. Dropout and regularizers are the model's, and stay. Throws
 * VALIDATION_FAILED for options that make no sense.
 */
export async function overfitOneBatch(
  gs: Engine,
  graph: ModelGraph,
  settings: TrainingSettings,
  batch: Samples,
  { steps = 300, share = 0.05 }: OverfitOptions = {},
): Promise<OverfitResult> {
  checkOptions(steps, share);
  const training = new Training(gs, graph, settingsFor(settings, batch.count, steps));
  const lowest = training.outputs.reduce((sum, { loss, weight }, at) => {
    const targets = batch.targets[at];
    return targets ? sum + weight * lowestLoss(loss.settings, targets) : sum;
  }, 0);
  const losses: number[] = [];
  const isLearned = (): boolean => {
    const [first = Number.NaN, last = Number.NaN] = [losses[0], losses.at(-1)];
    return last - lowest < share * (first - lowest);
  };
  const isDone = (): boolean => losses.length > 0 && (!Number.isFinite(losses.at(-1)) || isLearned());
  try {
    await fit(training, {
      train: arrayData(batch),
      shouldStop: isDone,
      onStep: ({ metrics }) => losses.push(metrics['loss'] ?? Number.NaN),
    });
    const [firstLoss = Number.NaN, lastLoss = Number.NaN] = [losses[0], losses.at(-1)];
    const learned = isLearned();
    const told = { learned, firstLoss, lastLoss, lowestLoss: lowest, steps: losses.length, losses };
    return {
      ...told,
      explanation: explain(told, batch.count) + (learned ? '' : hindrances(graph, training)),
    };
  } finally {
    training.dispose();
  }
}

function explain(
  { learned, firstLoss, lastLoss, steps }: Omit<OverfitResult, 'explanation'>,
  samples: number,
): string {
  const [first, last] = [firstLoss.toPrecision(3), lastLoss.toPrecision(3)];
  if (learned)
    return `The loss fell from ${first} to ${last} in ${steps} updates: gradients reach the weights and can fit the targets.`;
  if (!Number.isFinite(lastLoss))
    return `The loss is no longer finite after ${steps} updates: use a smaller learning rate, or scale the inputs.`;
  return `After ${steps} updates on the same ${samples} samples the loss is still ${last}, it began with ${first}: look at the learning rate, at the loss and its targets, and for layers through which no gradient flows.`;
}
