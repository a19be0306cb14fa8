// The optimizer of the present loop, whose spec knows two of them and no options.

import { optimizerSettingsSchema, type RunSpec } from '@gradstream/contracts';
import type { Engine, Scalar, Tensor, Variable } from '@gradstream/engine';
import { makeOptimizer } from './create.js';

/** An update rule. Its state is made of variables, so that a captured step carries it. */
export interface Optimizer {
  /** State besides the weights, in a fixed order. */
  readonly state: readonly Variable[];
  /** Assigns new values to the weights; gradients are in their order, the learning rate is a value of the step. */
  apply(gradients: readonly Tensor[], learningRate: Scalar): void;
}

/** The optimizer that a spec names. */
export function createOptimizer(
  engine: Engine,
  spec: RunSpec['optimizer'],
  weights: readonly Variable[],
): Optimizer {
  const named = weights.map((variable) => ({ name: variable.name, variable }));
  const optimizer = makeOptimizer(engine, optimizerSettingsSchema.parse(spec), named);
  return {
    state: optimizer.slots.map(({ variable }) => variable),
    apply: (gradients, learningRate) => {
      optimizer.apply(gradients, learningRate);
    },
  };
}
