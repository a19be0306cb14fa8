import type { SettingsOf } from '@gradstream/contracts';
import type { Engine, Scalar, Tensor } from '@gradstream/engine';
import type { UpdateRule, WeightUpdate } from './rule.js';
import type { Slots } from './slots.js';
import type { TrainableWeight } from './weights.js';

/** β₁ᵗ and β₂ᵗ. */
export interface BetaPowers {
  readonly beta1Power: Tensor;
  readonly beta2Power: Tensor;
}

/**
 * Adam and AMSGrad in Keras's form (class `Adam`): ε stands outside of the bias correction.
 *
 * The fused op multiplies v's part of g² by 1 − β₂ taken in float32, which for 0.999 is 1.3e-5 off what Keras takes, in
 * float64 first. The step is corrected by the root of that, through the power that the op divides the rate by.
 */
export class Adam implements UpdateRule<BetaPowers> {
  readonly timed = true;

  constructor(
    private readonly engine: Engine,
    private readonly slots: Slots,
    private readonly settings: Pick<SettingsOf<'adam'>, 'beta1' | 'beta2' | 'epsilon' | 'amsgrad'>,
  ) {}

  shared(t: Scalar): BetaPowers {
    const { tf } = this.engine;
    const { beta1, beta2 } = this.settings;
    const [kept, taken] = [Math.fround(1 - beta2), 1 - Math.fround(beta2)];
    const excess = Math.sqrt(kept / taken); // v is too small by its square: 1 − β₁ᵗ has to be as much larger.
    const power = tf.pow(tf.scalar(beta1), t);
    return {
      beta1Power: power.mul(excess).add(1 - excess),
      beta2Power: tf.pow(tf.scalar(beta2), t),
    };
  }

  prepare(weight: TrainableWeight): WeightUpdate<BetaPowers> {
    const { updates } = this.engine;
    const { variable } = weight;
    const { amsgrad, beta1, beta2, epsilon } = this.settings;
    const settings = { beta1, beta2, epsilon };
    const m = this.slots.filled(weight, 'momentum');
    const v = this.slots.filled(weight, 'velocity');
    if (!amsgrad) {
      return (gradient, learningRate, powers) => {
        updates.adam(variable, { m, v }, gradient, { ...settings, ...powers, learningRate });
      };
    }
    const vhat = this.slots.filled(weight, 'velocity_hat');
    return (gradient, learningRate, powers) => {
      updates.amsgrad(variable, { m, v, vhat }, gradient, { ...settings, ...powers, learningRate });
    };
  }
}
