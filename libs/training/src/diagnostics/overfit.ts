// Whether a network can learn one batch by heart. One that cannot has a mistake in model, loss or data, which no
// amount of training mends.

import type { TrainingSettings } from '@gradstream/contracts';
import type { Engine } from '@gradstream/engine';
import type { ModelGraph } from '@gradstream/models';
import { arrayData, type Samples } from '../fit/data.js';
import { fit } from '../fit/fit.js';
import { Training } from '../fit/training.js';

export interface OverfitOptions {
  /** Updates at most, 300 by default. */
  readonly steps?: number;
  /** Share of the first loss that the last one has to be below, 0.05 by default. */
  readonly share?: number;
}

export interface OverfitResult {
  readonly learned: boolean;
  readonly firstLoss: number;
  readonly lastLoss: number;
  readonly steps: number;
  readonly losses: readonly number[];
  readonly explanation: string;
}

/**
 * Trains a fresh network on one batch, with the settings' loss and optimizer but without whatever works against it:
 * schedules, averages, weight decay and rules that stop.
 */
export async function overfitOneBatch(
  gs: Engine,
  graph: ModelGraph,
  settings: TrainingSettings,
  batch: Samples,
  { steps = 300, share = 0.05 }: OverfitOptions = {},
): Promise<OverfitResult> {
  const training = new Training(gs, graph, {
    ...settings,
    optimizer: { ...settings.optimizer, ema: null, weightDecay: null },
    schedule: { name: 'constant', warmupSteps: 0, warmupStart: 0 },
    batchSize: batch.count,
    accumulate: 1,
    epochs: steps,
    stepsPerCall: 1,
    shuffle: false,
    terminateOnNaN: false,
    earlyStopping: null,
    reduceOnPlateau: null,
    statistics: { normsEverySteps: null, fullEverySteps: null },
  });
  const losses: number[] = [];
  const isDone = (): boolean => {
    const [first = Number.NaN, last = Number.NaN] = [losses[0], losses.at(-1)];
    return losses.length > 0 && (!Number.isFinite(last) || last < share * first);
  };
  try {
    await fit(training, {
      train: arrayData(batch),
      shouldStop: isDone,
      onStep: ({ metrics }) => losses.push(metrics['loss'] ?? Number.NaN),
    });
  } finally {
    training.dispose();
  }
  const [firstLoss = Number.NaN, lastLoss = Number.NaN] = [losses[0], losses.at(-1)];
  const learned = lastLoss < share * firstLoss;
  const explanation = learned
    ? `The loss fell from ${firstLoss.toPrecision(3)} to ${lastLoss.toPrecision(3)} in ${losses.length} updates: gradients reach the weights and can fit the targets.`
    : Number.isFinite(lastLoss)
      ? `After ${losses.length} updates on the same ${batch.count} samples the loss is still ${lastLoss.toPrecision(3)} of ${firstLoss.toPrecision(3)}: look at the learning rate, at the loss and its targets, and for layers through which no gradient flows.`
      : `The loss is no longer finite after ${losses.length} updates: use a smaller learning rate, or scale the inputs.`;
  return { learned, firstLoss, lastLoss, steps: losses.length, losses, explanation };
}
