import type { SettingsOf } from '@gradstream/contracts';
import type { Engine, Scalar, Tensor, Variable } from '@gradstream/engine';
import type { UpdateRule, WeightUpdate } from './rule.js';
import type { Slots } from './slots.js';
import type { TrainableWeight } from './weights.js';

const DECAY = 0.96;

interface NadamScalars {
  /** What the learning rate is multiplied by for m and for g. */
  readonly ofMomentum: Tensor;
  readonly ofGradient: Tensor;
  /** ε·√(1−β₂ᵗ). */
  readonly epsilon: Tensor;
}

/**
 * Nadam in Keras's form (class `Nadam`; Dozat, 2016): with u_t = β₁(1 − 0.96ᵗ/2) and U_t the product of all u up to t,
 * w ← w − η(u_{t+1}·m/(1−U_{t+1}) + (1−u_t)·g/(1−U_t)) / (√(v/(1−β₂ᵗ)) + ε). The part with m is Adam's update with
 * another rate, for which the fused op serves.
 */
export class Nadam implements UpdateRule<NadamScalars> {
  readonly timed = true;
  readonly #product: Variable;

  constructor(
    private readonly engine: Engine,
    private readonly slots: Slots,
    private readonly settings: Pick<SettingsOf<'nadam'>, 'beta1' | 'beta2' | 'epsilon'>,
  ) {
    this.#product = slots.scalar('u_product', 1);
  }

  shared(t: Scalar): NadamScalars {
    const { tf } = this.engine;
    const { beta1, beta2, epsilon } = this.settings;
    const one = tf.scalar(1);
    const coefficient = (step: Tensor): Tensor => one.sub(tf.pow(tf.scalar(DECAY), step).mul(0.5)).mul(beta1);
    const [now, next] = [coefficient(t), coefficient(t.add(1))];
    const product = this.#product.mul(now);
    this.#product.assign(product);
    const root = one.sub(tf.pow(tf.scalar(beta2), t)).sqrt(); // of v's bias correction
    return {
      ofMomentum: root.mul(next).div(one.sub(product.mul(next))),
      ofGradient: root.mul(one.sub(now)).div(one.sub(product)),
      epsilon: root.mul(epsilon),
    };
  }

  prepare(weight: TrainableWeight): WeightUpdate<NadamScalars> {
    const { updates } = this.engine;
    const { variable } = weight;
    const { beta1, beta2 } = this.settings;
    const m = this.slots.filled(weight, 'momentum');
    const v = this.slots.filled(weight, 'velocity');
    return (gradient, learningRate, { ofMomentum, ofGradient, epsilon }) => {
      const settings = { beta1, beta2, epsilon, learningRate: learningRate.mul(ofMomentum) };
      updates.adam(variable, { m, v }, gradient, { ...settings, beta1Power: 0, beta2Power: 0 });
      const direction = updates.float32(gradient).div(v.sqrt().add(epsilon));
      updates.gradientDescent(variable, direction, learningRate.mul(ofGradient));
    };
  }
}
