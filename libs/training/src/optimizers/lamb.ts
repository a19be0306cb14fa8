import type { SettingsOf } from '@gradstream/contracts';
import type { Engine, Scalar, Tensor } from '@gradstream/engine';
import type { UpdateRule, WeightUpdate } from './rule.js';
import type { Slots } from './slots.js';
import type { TrainableWeight } from './weights.js';

interface LambScalars {
  /** √(1−β₂ᵗ)/(1−β₁ᵗ). */
  readonly correction: Tensor;
  /** ε·√(1−β₂ᵗ). */
  readonly epsilon: Tensor;
}

/** Lamb in Keras's form (class `Lamb`; You et al., ICLR 2020): Adam's update u, scaled by ‖w‖/‖u‖ for each weight. */
export class Lamb implements UpdateRule<LambScalars> {
  readonly timed = true;

  constructor(
    private readonly engine: Engine,
    private readonly slots: Slots,
    private readonly settings: Pick<SettingsOf<'lamb'>, 'beta1' | 'beta2' | 'epsilon'>,
  ) {}

  shared(t: Scalar): LambScalars {
    const { tf } = this.engine;
    const { beta1, beta2, epsilon } = this.settings;
    const one = tf.scalar(1);
    const root = one.sub(tf.pow(tf.scalar(beta2), t)).sqrt();
    return {
      correction: root.div(one.sub(tf.pow(tf.scalar(beta1), t))),
      epsilon: root.mul(epsilon),
    };
  }

  prepare(weight: TrainableWeight): WeightUpdate<LambScalars> {
    const { engine } = this;
    const { tf, updates } = engine;
    const { variable } = weight;
    const { beta1, beta2 } = this.settings;
    const m = this.slots.filled(weight, 'momentum');
    const v = this.slots.filled(weight, 'velocity');
    // At a rate of 0 the fused op moves the slots alone.
    const still = { learningRate: 0, beta1Power: 0, beta2Power: 0, beta1, beta2 };
    return (gradient, learningRate, { correction, epsilon }) => {
      updates.adam(variable, { m, v }, gradient, { ...still, epsilon });
      const direction = m.div(v.sqrt().add(epsilon));
      const [ofWeight, raw] = tf.unstack(engine.norms([[variable], [direction]]));
      if (!ofWeight || !raw) throw new Error('two norms are two');
      const ofUpdate = raw.mul(correction);
      const usable = ofWeight.greater(0).logicalAnd(ofUpdate.greater(0));
      const ratio = tf.where(usable, ofWeight.div(ofUpdate), tf.scalar(1));
      updates.gradientDescent(variable, direction, ratio.mul(learningRate).mul(correction));
    };
  }
}
