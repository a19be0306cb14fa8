import type { SettingsOf } from '@gradstream/contracts';
import type { Engine, Scalar, Tensor } from '@gradstream/engine';
import type { UpdateRule, WeightUpdate } from './rule.js';
import type { Slots } from './slots.js';
import type { TrainableWeight } from './weights.js';

interface ScheduleFreeScalars {
  /** 1/t. */
  readonly share: Tensor;
  /** What the learning rate is multiplied by for z, and in the paper's form for y. */
  readonly ofZ: Tensor;
  readonly ofY: Tensor | null;
  /** ε·√(1−β₂ᵗ). */
  readonly epsilon: Tensor;
}

/**
 * Schedule-free AdamW (Defazio et al., 2024) as class `ScheduleFreeAdamW` of Keras has it. The weight is y, where
 * gradients are taken; the slot `momentum` is z. With δ = η·g/(√(v/(1−β₂ᵗ)) + ε), z ← z − δ, and
 *
 * - in the paper's form, whose average x = (y − (1−β₁)z)/β₁ is not stored: y ← y − (y − z)/t − (1 − β₁ + β₁/t)·δ,
 *   z from before its update;
 * - in Keras's: its variable for the old z is read after the update, which on TensorFlow comes to y ← y − (y − z)/t
 *   with the new z, the plain mean of all z.
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
    const { beta1, beta2, epsilon, form, warmupSteps } = this.settings;
    const root = tf
      .scalar(1)
      .sub(tf.pow(tf.scalar(beta2), t))
      .sqrt();
    const share = t.reciprocal();
    const ofZ = warmupSteps > 0 ? root.mul(t.div(warmupSteps).minimum(1)) : root;
    const ofY = form === 'paper' ? ofZ.mul(share.mul(beta1).add(1 - beta1)) : null;
    return { share, ofZ, ofY, epsilon: root.mul(epsilon) };
  }

  prepare(weight: TrainableWeight): WeightUpdate<ScheduleFreeScalars> {
    const { updates } = this.engine;
    const { variable } = weight;
    const z = this.slots.copy(weight, 'momentum');
    const v = this.slots.filled(weight, 'velocity');
    return (given, learningRate, { share, ofZ, ofY, epsilon }) => {
      const gradient = updates.float32(given);
      updates.gradientDescent(v, v.sub(gradient.square()), 1 - Math.fround(this.settings.beta2));
      const direction = gradient.div(v.sqrt().add(epsilon));
      if (ofY) {
        updates.gradientDescent(variable, variable.sub(z), share);
        updates.gradientDescent(variable, direction, learningRate.mul(ofY));
      }
      updates.gradientDescent(z, direction, learningRate.mul(ofZ));
      if (!ofY) updates.gradientDescent(variable, variable.sub(z), share);
    };
  }
}
