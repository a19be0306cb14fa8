import type { SettingsOf } from '@gradstream/contracts';
import type { Engine, Scalar } from '@gradstream/engine';
import type { UpdateRule, WeightUpdate } from './rule.js';
import type { Slots } from './slots.js';
import type { TrainableWeight } from './weights.js';

/**
 * Ftrl in Keras's form (class `Ftrl`), whose β adds β/(2η) to the L2 strength. Its formula divides by the learning rate;
 * at a rate of 0 nothing changes.
 */
export class Ftrl implements UpdateRule {
  readonly timed = false;

  constructor(
    private readonly engine: Engine,
    private readonly slots: Slots,
    private readonly settings: Omit<SettingsOf<'ftrl'>, 'name' | 'learningRate'>,
  ) {}

  shared(): undefined {
    return undefined;
  }

  prepare(weight: TrainableWeight): WeightUpdate<undefined> {
    const { tf, updates } = this.engine;
    const { initialAccumulatorValue, beta, l1, l2, l2Shrinkage, learningRatePower } = this.settings;
    const accumulator = this.slots.filled(weight, 'accumulator', initialAccumulatorValue);
    const linear = this.slots.filled(weight, 'linear');
    const l2Of = (learningRate: Scalar) =>
      beta === 0 ? l2 : tf.scalar(beta).div(learningRate.mul(2)).add(l2);
    return (gradient, learningRate) => {
      const settings = { learningRate, l1, l2Shrinkage, learningRatePower };
      const update = () => {
        updates.ftrl(weight.variable, { accumulator, linear }, gradient, {
          ...settings,
          l2: l2Of(learningRate),
        });
        return [];
      };
      this.engine.condition(learningRate.greater(0), update, () => []);
    };
  }
}
