import type { SettingsOf } from '@gradstream/contracts';
import type { Engine } from '@gradstream/engine';
import type { UpdateRule, WeightUpdate } from './rule.js';
import type { Slots } from './slots.js';
import type { TrainableWeight } from './weights.js';

/**
 * Adagrad in Keras's form (class `Adagrad`): w ← w − η·g/√(a + ε). The fused op has ε outside of the root, so that the
 * slot holds a + ε.
 */
export class Adagrad implements UpdateRule {
  readonly timed = false;

  constructor(
    private readonly engine: Engine,
    private readonly slots: Slots,
    private readonly settings: Pick<SettingsOf<'adagrad'>, 'initialAccumulatorValue' | 'epsilon'>,
  ) {}

  shared(): undefined {
    return undefined;
  }

  prepare(weight: TrainableWeight): WeightUpdate<undefined> {
    const { initialAccumulatorValue, epsilon } = this.settings;
    const accumulator = this.slots.filled(weight, 'accumulator', initialAccumulatorValue + epsilon);
    return (gradient, learningRate) => {
      this.engine.updates.adagrad(weight.variable, accumulator, gradient, { learningRate, epsilon: 0 });
    };
  }
}
