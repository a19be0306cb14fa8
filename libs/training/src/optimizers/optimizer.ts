import type { RunSpec } from '@gradstream/contracts';
import type { Engine, Scalar, Tensor, Variable } from '@gradstream/engine';
import { Adam } from './adam.js';
import { Sgd } from './sgd.js';

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
  return spec.name === 'adam' ? new Adam(engine, weights, spec) : new Sgd(engine, weights, spec);
}
