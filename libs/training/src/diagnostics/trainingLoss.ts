import type { Scalar } from '@gradstream/engine';
import { batchOf, lossesOf } from '../fit/stepForms.js';
import type { Training } from '../fit/training.js';
import type { StepInputs } from '../fit/upload.js';
import { totalLoss } from '../losses/outputs.js';
import type { ForwardOptions } from '../network/network.js';

/** What a training step takes gradients of: the losses of all outputs, the terms of layers, the penalties of weights. */
export function trainingLoss(
  { gs, network, outputs }: Training,
  { inputs, targets, weights }: StepInputs,
  options: ForwardOptions,
): Scalar {
  const withoutActivation = new Set(outputs.flatMap(({ without }) => (without ? [without] : [])));
  const pass = network.forward(inputs, { withoutActivation, ...options });
  const { total } = totalLoss(gs, lossesOf(outputs), batchOf(outputs, pass, targets, weights));
  const penalty = network.penalty(options.weightOf);
  return gs.tf.addN([total, ...pass.losses, ...(penalty ? [penalty] : [])]).asScalar();
}
