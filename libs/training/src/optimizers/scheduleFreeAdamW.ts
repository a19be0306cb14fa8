import type { SettingsOf } from '@gradstream/contracts';
import type { Engine, Scalar, Tensor } from '@gradstream/engine';
import type { UpdateRule, WeightUpdate } from './rule.js';
import type { Slots } from './slots.js';
import type { TrainableWeight } from './weights.js';

interface ScheduleFreeScalars {
  /** 1/t. */
  readonly weight: Tensor;
  /** What the learning rate is multiplied by for z and for y. */
  readonly ofZ: Tensor;
  readonly ofY: Tensor;
  /** ε·√(1−β₂ᵗ). */
  readonly epsilon: Tensor;
}

/**
 * Schedule-free AdamW in Keras's form (class `ScheduleFreeAdamW`; Defazio et al., 2024). The weight is y, the slot
 * `momentum` is z, and the average x = (y − (1−β₁)z)/β₁ is not stored. With δ = η·g/(√(v/(1−β₂ᵗ)) + ε) the formulas
 * come to y ← y − (y − z)/t − (1 − β₁ + β₁/t)·δ; z ← z − δ.
 */
export class ScheduleFreeAdamW implements UpdateRule<ScheduleFreeScalars> {
  readonly timed = true;

  constructor(
    private readonly engine: Engine,
    private readonly slots: Slots,
    private readonly settings: Omit<SettingsOf<'scheduleFreeAdamW'>, 'name' | 'learningRate'>,
  ) {}

  shared(t: Scalar): ScheduleFreeScalars {
    const { tf } = this.engine;
    const { beta1, beta2, epsilon, warmupSteps } = this.settings;
    const root = tf
      .scalar(1)
      .sub(tf.pow(tf.scalar(beta2), t))
      .sqrt();
    const weight = t.reciprocal();
    const ofZ = warmupSteps > 0 ? root.mul(t.div(warmupSteps).minimum(1)) : root;
    return { weight, ofZ, ofY: ofZ.mul(weight.mul(beta1).add(1 - beta1)), epsilon: root.mul(epsilon) };
  }

  prepare(weight: TrainableWeight): WeightUpdate<ScheduleFreeScalars> {
    const { updates } = this.engine;
    const { variable } = weight;
    const z = this.slots.copy(weight, 'momentum');
    const v = this.slots.filled(weight, 'velocity');
    return (given, learningRate, { weight: share, ofZ, ofY, epsilon }) => {
      const gradient = updates.float32(given);
      updates.gradientDescent(v, v.sub(gradient.square()), 1 - this.settings.beta2);
      const direction = gradient.div(v.sqrt().add(epsilon));
      updates.gradientDescent(variable, variable.sub(z), share);
      updates.gradientDescent(variable, direction, learningRate.mul(ofY));
      updates.gradientDescent(z, direction, learningRate.mul(ofZ));
    };
  }
}
