// The loss of a batch: what a training step, an evaluation and the diagnostics all compute.

import type { Engine, Scalar, Tensor } from '@gradstream/engine';
import { totalLoss, type OutputBatch, type TotalLoss } from '../losses/outputs.js';
import type { Forward, ForwardOptions, Network } from '../network/network.js';
import type { TrainedOutput } from './outputs.js';
import type { StepInputs } from './upload.js';

/** What it takes of a training. */
export interface LossParts {
  readonly gs: Engine;
  readonly network: Network;
  readonly outputs: readonly TrainedOutput[];
}

export interface BatchLoss {
  readonly pass: Forward;
  /** What the losses took, by output. */
  readonly batches: ReadonlyMap<string, OutputBatch>;
  /** The total with the penalties of weights and the terms of layers, and the loss of each output without. */
  readonly losses: TotalLoss;
}

/** What the losses of a batch take, by output. */
function batchesOf(
  outputs: readonly TrainedOutput[],
  pass: Forward,
  { targets, weights }: Pick<StepInputs, 'targets' | 'weights'>,
): Map<string, OutputBatch> {
  return new Map(
    outputs.map(({ name, index, classWeights }, at) => {
      const [output, target] = [pass.outputs[index], targets[at]];
      if (!output || !target) throw new Error(`the output ${name} has no value or no target`);
      const mask = pass.masks[index] ?? null;
      return [name, { output, target, classWeights, mask, sampleWeights: weights[at] ?? null }];
    }),
  );
}

/** The calls whose activation the losses take over. */
export const fusedCalls = (outputs: readonly TrainedOutput[]) =>
  new Set(outputs.flatMap(({ without }) => (without ? [without] : [])));

/** The forward pass and the losses. Without `penalties` those of weights are left out. */
export function batchLoss(
  { gs, network, outputs }: LossParts,
  given: Pick<StepInputs, 'inputs' | 'targets' | 'weights'>,
  options: ForwardOptions,
  penalties = true,
): BatchLoss {
  const pass = network.forward(given.inputs, { withoutActivation: fusedCalls(outputs), ...options });
  const batches = batchesOf(outputs, pass, given);
  const losses = new Map(outputs.map(({ name, loss, weight }) => [name, { loss, weight }]));
  const { total, ...rest } = totalLoss(gs, losses, batches);
  const penalty = penalties ? network.penalty(options.weightOf) : null;
  const terms: Scalar[] = [...pass.losses, ...(penalty ? [penalty] : [])];
  const all = terms.length === 0 ? total : gs.tf.addN([total, ...terms]).asScalar();
  return { pass, batches, losses: { ...rest, total: all } };
}

/** The tensors that outlive the function whose gradients are taken. */
export function tensorsIn({ pass, batches, losses }: BatchLoss): Tensor[] {
  const ofBatches = [...batches.values()].flatMap(({ output, mask }) => (mask ? [output, mask] : [output]));
  const weights = [...losses.weights.values()].filter((weight) => typeof weight !== 'number');
  const updates = pass.updates.map(({ value }) => value);
  return [...new Set([...ofBatches, losses.total, ...losses.byOutput.values(), ...weights, ...updates])];
}
