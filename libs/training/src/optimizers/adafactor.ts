import type { SettingsOf } from '@gradstream/contracts';
import type { Engine, Scalar, Tensor } from '@gradstream/engine';
import type { UpdateRule, WeightUpdate } from './rule.js';
import type { Slots } from './slots.js';
import type { TrainableWeight } from './weights.js';

interface AdafactorScalars {
  /** 1 − β₂ₜ = t^(beta2Decay). */
  readonly share: Tensor;
  /** 1/√t, the largest relative step. */
  readonly limit: Tensor;
}

/**
 * Adafactor in Keras's form (class `Adafactor`; Shazeer and Stern, ICML 2018). A weight of two dimensions or more keeps
 * the means of its squared gradients by row and by column alone; Keras also stores their product, which follows from them.
 */
export class Adafactor implements UpdateRule<AdafactorScalars> {
  readonly timed = true;

  constructor(
    private readonly engine: Engine,
    private readonly slots: Slots,
    private readonly settings: Omit<SettingsOf<'adafactor'>, 'name' | 'learningRate'>,
  ) {}

  shared(t: Scalar): AdafactorScalars {
    const { tf } = this.engine;
    return { share: tf.pow(t, tf.scalar(this.settings.beta2Decay)), limit: t.rsqrt() };
  }

  prepare(weight: TrainableWeight): WeightUpdate<AdafactorScalars> {
    const { engine } = this;
    const { tf, updates } = engine;
    const { variable } = weight;
    const { clipThreshold, epsilon1, epsilon2 } = this.settings;
    const scale = this.#second(weight);
    const root = Math.sqrt(Math.max(variable.size, 1));
    return (given, learningRate, { share, limit }) => {
      const gradient = updates.float32(given);
      const direction = scale(gradient, gradient.square().add(epsilon1), share);
      const [ofWeight, ofUpdate] = tf.unstack(engine.norms([[variable], [direction]]).div(root));
      if (!ofWeight || !ofUpdate) throw new Error('two norms are two');
      const rate = ofWeight.maximum(epsilon2).mul(learningRate.minimum(limit));
      updates.gradientDescent(variable, direction, rate.div(ofUpdate.div(clipThreshold).maximum(1)));
    };
  }

  /** The slots of the second moment, and g/√v after they have taken in the squares of g. */
  #second(weight: TrainableWeight): (gradient: Tensor, squares: Tensor, share: Tensor) => Tensor {
    const { updates } = this.engine;
    const { shape } = weight.variable;
    if (shape.length < 2) {
      const velocity = this.slots.filled(weight, 'velocity');
      return (gradient, squares, share) => {
        updates.gradientDescent(velocity, velocity.sub(squares), share);
        return gradient.div(velocity.sqrt());
      };
    }
    const [outer, columns] = [shape.slice(0, -2), shape.slice(-1)];
    const r = this.slots.filled(weight, 'row', 0, shape.slice(0, -1));
    const c = this.slots.filled(weight, 'column', 0, [...outer, ...columns]);
    return (gradient, squares, share) => {
      updates.gradientDescent(r, r.sub(squares.mean(-1)), share);
      updates.gradientDescent(c, c.sub(squares.mean(-2)), share);
      const rows = r.div(r.mean(-1, true)).rsqrt().expandDims(-1);
      return gradient.mul(rows).mul(c.rsqrt().expandDims(-2));
    };
  }
}
