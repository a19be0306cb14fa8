import type { SettingsOf } from '@gradstream/contracts';
import type { Engine, Scalar, Tensor } from '@gradstream/engine';
import type { UpdateRule, WeightUpdate } from './rule.js';
import type { Slots } from './slots.js';
import type { TrainableWeight } from './weights.js';

/** Adamax in Keras's form (class `Adamax`). What weights share is β₁ᵗ. */
export class Adamax implements UpdateRule<Tensor> {
  readonly timed = true;

  constructor(
    private readonly engine: Engine,
    private readonly slots: Slots,
    private readonly settings: Pick<SettingsOf<'adamax'>, 'beta1' | 'beta2' | 'epsilon'>,
  ) {}

  shared(t: Scalar): Tensor {
    const { tf } = this.engine;
    return tf.pow(tf.scalar(this.settings.beta1), t);
  }

  prepare(weight: TrainableWeight): WeightUpdate<Tensor> {
    const { beta1, beta2, epsilon } = this.settings;
    const m = this.slots.filled(weight, 'momentum');
    const v = this.slots.filled(weight, 'norm');
    return (gradient, learningRate, beta1Power) => {
      const settings = { beta1, beta2, epsilon, beta1Power, learningRate };
      this.engine.updates.adamax(weight.variable, { m, v }, gradient, settings);
    };
  }
}
