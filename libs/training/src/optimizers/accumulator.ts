import type { Engine, Scalar, Tensor, Variable } from '@gradstream/engine';
import { Slots } from './slots.js';
import type { NamedVariable, TrainableWeight } from './weights.js';

/**
 * Sums of gradients over several micro-batches, so that one update equals that of the whole batch. A gradient is that of
 * a mean over its micro-batch, and counts by the weight of it: its number of samples, or the sum of their weights. (Keras's
 * `gradient_accumulation_steps` is the mean of the means, which differs where micro-batches do.) The caller knows which
 * micro-batch is the last one of an update, and captures a step that calls `add` and another one that calls `mean`.
 */
export class GradientAccumulator {
  readonly #slots: Slots;
  readonly #sums: readonly Variable[];
  readonly #total: Variable;

  constructor(
    private readonly engine: Engine,
    weights: readonly TrainableWeight[],
  ) {
    this.#slots = new Slots(engine);
    this.#sums = weights.map((weight) => this.#slots.filled(weight, 'gradient_accumulator'));
    this.#total = this.#slots.scalar('gradient_accumulator_total', 0);
  }

  /** Its variables, float32: what a checkpoint in the middle of an accumulation keeps. */
  get slots(): readonly NamedVariable[] {
    return this.#slots.all;
  }

  /** Within a step that makes no update: takes in the gradients of a micro-batch of this weight. */
  add(gradients: readonly Tensor[], weight: Scalar): void {
    this.engine.tf.tidy(() => {
      this.#addTo(gradients, weight);
    });
  }

  /**
   * Within a step that makes an update: takes in the last micro-batch, returns the whole batch's gradients, starts anew.
   * They are 0 where nothing counts.
   */
  mean(gradients: readonly Tensor[], weight: Scalar): Tensor[] {
    const { tf } = this.engine;
    return tf.tidy(() => {
      this.#addTo(gradients, weight);
      const share = tf.divNoNan(tf.scalar(1), this.#total);
      const means = this.#sums.map((sum) => sum.mul(share));
      this.reset();
      return means;
    });
  }

  /** The same for losses that are sums over their batch, which `add` takes with the weight 1. */
  sum(gradients: readonly Tensor[]): Tensor[] {
    const { tf } = this.engine;
    return tf.tidy(() => {
      this.#addTo(gradients, tf.scalar(1));
      const sums = this.#sums.map((sum) => sum.clone());
      this.reset();
      return sums;
    });
  }

  /** Forgets what was taken in. */
  reset(): void {
    const { tf } = this.engine;
    tf.tidy(() => {
      for (const variable of [...this.#sums, this.#total]) variable.assign(tf.zerosLike(variable));
    });
  }

  dispose(): void {
    this.#slots.dispose();
  }

  #addTo(gradients: readonly Tensor[], weight: Scalar): void {
    const { updates } = this.engine;
    const negative = weight.neg();
    this.#sums.forEach((sum, index) => {
      const gradient = gradients[index];
      if (gradient) updates.gradientDescent(sum, gradient, negative); // One op: sum − (−weight)·g.
    });
    this.#total.assign(this.#total.add(weight));
  }
}
