// What all optimizers have in common: weight decay, learning rates by weight, constraints, averages, the count of updates.

import type { Engine, Scalar, Tensor, Variable } from '@gradstream/engine';
import { WeightAverages, type AverageSettings } from './averages.js';
import type { UpdateRule, WeightUpdate } from './rule.js';
import type { Slots } from './slots.js';
import type { NamedVariable, TrainableWeight } from './weights.js';

/** An optimizer of a list of weights. All that it remembers is in `slots`. */
export interface Optimizer {
  /** Its variables, float32, in a fixed order: what a checkpoint keeps. */
  readonly slots: readonly NamedVariable[];
  /** Averages of the weights, where the settings ask for them. */
  readonly averages: WeightAverages | null;
  /** Within a step: changes weights and slots. Gradients are in the order of the weights, of their shapes. */
  apply(gradients: readonly Tensor[], learningRate: Scalar): void;
  dispose(): void;
}

/** The value that a weight is to take after an update, or null to leave it as it is. */
export type Constrain = (weight: TrainableWeight) => Tensor | null;

/** A weight and what the settings say about it. */
export interface WeightPlan {
  readonly weight: TrainableWeight;
  readonly decay: number;
  /** Of the learning rate; a weight with 0 is not touched at all. */
  readonly factor: number;
}

/** In Keras's order (class `BaseOptimizer`): decay, update; then constraints, and the averages of what these leave. */
export class RuleOptimizer<Shared> implements Optimizer {
  readonly averages: WeightAverages | null;
  readonly #updates: readonly (WeightUpdate<Shared> | null)[];
  readonly #iteration: Variable | null;

  constructor(
    private readonly engine: Engine,
    private readonly slotVariables: Slots,
    private readonly rule: UpdateRule<Shared>,
    private readonly plans: readonly WeightPlan[],
    private readonly options: { readonly ema: AverageSettings | null; readonly constrain: Constrain | null },
  ) {
    const weights = plans.map(({ weight }) => weight);
    this.#updates = plans.map(({ weight, factor }) => (factor === 0 ? null : rule.prepare(weight)));
    this.averages = options.ema && new WeightAverages(engine, slotVariables, weights, options.ema);
    this.#iteration = rule.timed || options.ema ? slotVariables.scalar('iteration', 0) : null;
  }

  get slots(): readonly NamedVariable[] {
    return this.slotVariables.all;
  }

  apply(gradients: readonly Tensor[], learningRate: Scalar): void {
    if (gradients.length !== this.plans.length)
      throw new Error(`${gradients.length} gradients for ${this.plans.length} weights`);
    const { tf } = this.engine;
    tf.tidy(() => {
      const t = (this.#iteration?.add(1) ?? tf.scalar(1)).asScalar();
      const shared = this.rule.shared(t);
      const times = products(learningRate);
      this.plans.forEach(({ weight, decay, factor }, index) => {
        const [update, gradient] = [this.#updates[index], gradients[index]];
        if (!update || !gradient) return;
        if (decay > 0) decayWeight(weight.variable, times(decay * factor));
        update(gradient, times(factor), shared);
        const constrained = this.options.constrain?.(weight);
        if (constrained) weight.variable.assign(constrained);
      });
      this.averages?.update(t);
      this.#iteration?.assign(t);
    });
  }

  dispose(): void {
    this.slotVariables.dispose();
  }
}

/** w ← w − w·rate. Not w·(1 − rate), whose factor would lose most digits of a small rate. */
function decayWeight(variable: Variable, rate: Scalar): void {
  variable.assign(variable.sub(variable.mul(rate)));
}

/** A scalar times numbers, each product made once. */
function products(scalar: Scalar): (factor: number) => Scalar {
  const made = new Map([[1, scalar]]);
  return (factor) => {
    const product = made.get(factor) ?? scalar.mul<Scalar>(factor);
    made.set(factor, product);
    return product;
  };
}
