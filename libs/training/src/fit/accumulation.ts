// What a batch counts for among those whose gradients make one update, so that they equal one large batch.

import { GradstreamError, type LossSettings, type TrainingSettings } from '@gradstream/contracts';
import type { Scalar } from '@gradstream/engine';
import type { BatchLoss } from './batchLoss.js';
import type { TrainedOutput } from './outputs.js';

/** Whether the loss of a large batch is the mean of those of its parts, or their sum. */
export type Accumulation = 'mean' | 'sum';

function refuse(detail: string): never {
  throw new GradstreamError('VALIDATION_FAILED', `With accumulate above 1 ${detail}`);
}

/** Losses that compare the samples of a batch with each other, or make one number of all of them. */
function isOfWholeBatch(loss: LossSettings): boolean {
  return loss.name === 'circle' || ((loss.name === 'dice' || loss.name === 'tversky') && loss.axis === null);
}

/**
 * How the losses of a training accumulate. Throws VALIDATION_FAILED for those of which no large batch can be put
 * together: of a whole batch, or several with means and sums.
 */
export function accumulationOf(
  outputs: readonly TrainedOutput[],
  { accumulate }: Pick<TrainingSettings, 'accumulate'>,
): Accumulation {
  const settings = outputs.map(({ loss }) => loss.settings);
  const sums = settings.filter(({ reduction }) => reduction === 'sum' || reduction === 'none');
  const kind = sums.length > 0 ? 'sum' : 'mean';
  if (accumulate === 1) return kind;
  const whole = settings.find(isOfWholeBatch);
  if (whole)
    refuse(
      `the loss "${whole.name}" would not be that of the large batch, for it compares samples: set its axis, or accumulate to 1.`,
    );
  if (kind === 'sum' && sums.length < settings.length)
    refuse('either all losses are means or all are sums: give them one reduction.');
  return kind;
}

/** The weight of a batch in the mean over those of an update. Throws VALIDATION_FAILED where there is none for all losses. */
export function weightOf({ pass, losses }: BatchLoss, samples: number): Scalar | number {
  const weights = [...losses.weights.values()];
  const [only = samples] = weights;
  // A mean over all values counts by its samples, and so do the terms that layers add.
  if (weights.every((weight) => typeof weight === 'number')) return samples;
  if (weights.length > 1)
    refuse(
      'several outputs need losses that count all samples alike: leave masks and meanWithSampleWeight out, or set accumulate to 1.',
    );
  if (pass.losses.length > 0)
    refuse(
      'activity regularizers need a loss that counts all samples alike: leave masks and meanWithSampleWeight out, or set accumulate to 1.',
    );
  return only;
}

/** Throws VALIDATION_FAILED for terms of layers, which are means over the batch, beside losses that are sums. */
export function checkSum({ pass }: BatchLoss): void {
  if (pass.losses.length > 0)
    refuse(
      'activity regularizers need a loss that is a mean: set its reduction to "mean", or accumulate to 1.',
    );
}
