import type { Engine, Scalar, Tensor, Variable } from '@gradstream/engine';
import type { Slots } from './slots.js';
import type { TrainableWeight } from './weights.js';

export interface AverageSettings {
  readonly momentum: number;
  /** Every so many updates the weights become their averages; null for never. */
  readonly overwriteEverySteps: number | null;
}

/**
 * Exponential moving averages of the weights, as Keras has them (`use_ema`): the first update starts from the weights
 * themselves. They take in the weights as a step leaves them, constraints included.
 */
export class WeightAverages {
  readonly #pairs: readonly { readonly weight: Variable; readonly average: Variable }[];
  readonly #count: Variable | null;

  constructor(
    private readonly engine: Engine,
    slots: Slots,
    weights: readonly TrainableWeight[],
    private readonly settings: AverageSettings,
  ) {
    this.#pairs = weights.map((weight) => ({
      weight: weight.variable,
      average: slots.copy(weight, 'average'),
    }));
    this.#count = settings.overwriteEverySteps === null ? null : slots.scalar('average_count', 0);
  }

  /** Takes in the weights after an update, within its step; t counts the updates from 1. */
  update(t: Scalar): void {
    const { tf, updates } = this.engine;
    const share = tf.where(t.greater(1), tf.scalar(1 - this.settings.momentum), tf.scalar(1));
    for (const { weight, average } of this.#pairs) {
      updates.gradientDescent(average, average.sub(weight), share);
    }
    this.#overwriteInTime();
  }

  /** Exchanges weights and averages, for an evaluation; a second call exchanges them back. Not within a step. */
  swap(): void {
    this.engine.tf.tidy(() => {
      for (const { weight, average } of this.#pairs) {
        const value = weight.clone();
        weight.assign(average);
        average.assign(value);
      }
    });
  }

  /** The average of a weight; null for one that has none. */
  of(weight: Variable): Variable | null {
    return this.#pairs.find((pair) => pair.weight === weight)?.average ?? null;
  }

  /** The averages become the weights: where these were set from outside. */
  reset(): void {
    for (const { weight, average } of this.#pairs) average.assign(weight);
  }

  /** The weights become their averages, as at the end of Keras's `fit`. */
  overwrite(): void {
    for (const { weight, average } of this.#pairs) weight.assign(average);
  }

  #overwriteInTime(): void {
    const { overwriteEverySteps } = this.settings;
    const count = this.#count;
    if (!count || overwriteEverySteps === null) return;
    const next = count.add(1);
    const due = next.greaterEqual(overwriteEverySteps);
    const overwrite = (): Tensor[] => {
      this.overwrite();
      return [next.mul(0)];
    };
    const [after = next] = this.engine.condition(due, overwrite, () => [next]);
    count.assign(after);
  }
}
