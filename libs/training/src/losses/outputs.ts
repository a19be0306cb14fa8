// The total loss of a model with one output or several.

import type { OutputLoss } from '@gradstream/contracts';
import { EngineError, type Engine, type Scalar, type Tensor } from '@gradstream/engine';
import { meanOf, type LossFunction, type LossWeights } from './index.js';

/** The loss of an output, and its part of the total. */
export interface WeightedLoss {
  readonly loss: LossFunction;
  readonly weight: OutputLoss['weight'];
}

/** What a step knows of an output: what the loss takes, by its `takesLogitsOf`. */
export interface OutputBatch extends LossWeights {
  readonly target: Tensor;
  readonly output: Tensor;
}

export interface TotalLoss {
  readonly total: Scalar;
  /** The loss of each output by name, without its weight. */
  readonly byOutput: ReadonlyMap<string, Scalar>;
  /** What the loss of each output counts for in a mean over several batches, see `Reduced`. */
  readonly weights: ReadonlyMap<string, Scalar | number>;
}

/** Σ weight · loss over the outputs, in the order of `losses`. Throws INVALID_ARGUMENT when one has no batch. */
export function totalLoss(
  { tf }: Engine,
  losses: ReadonlyMap<string, WeightedLoss>,
  batches: ReadonlyMap<string, OutputBatch>,
): TotalLoss {
  const byOutput = new Map<string, Scalar>();
  const weights = new Map<string, Scalar | number>();
  const parts = [...losses].map(([name, { loss, weight }]) => {
    const batch = batches.get(name);
    if (!batch) {
      const message = `the output ${name} has a loss and no target: give one, or leave its loss out`;
      throw new EngineError('INVALID_ARGUMENT', message);
    }
    const reduced = loss.reduced(batch.target, batch.output, batch);
    const value = meanOf(reduced);
    byOutput.set(name, value);
    weights.set(name, reduced.weight);
    return weight === 1 ? value : value.mul<Scalar>(weight);
  });
  const [first, ...others] = parts;
  const total = others.reduce((sum, part) => sum.add<Scalar>(part), first ?? tf.scalar(0));
  return { total, byOutput, weights };
}
