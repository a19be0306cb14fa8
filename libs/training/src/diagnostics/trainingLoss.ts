import type { Scalar } from '@gradstream/engine';
import { batchLoss } from '../fit/batchLoss.js';
import type { Training } from '../fit/training.js';
import type { StepInputs } from '../fit/upload.js';
import type { ForwardOptions } from '../network/network.js';

/** What a training step takes gradients of: the losses of all outputs, the terms of layers, the penalties of weights. */
export const trainingLoss = (training: Training, batch: StepInputs, options: ForwardOptions): Scalar =>
  batchLoss(training, batch, options).losses.total;
