import type { SettingsOf } from '@gradstream/contracts';
import type { Engine } from '@gradstream/engine';
import type { UpdateRule, WeightUpdate } from './rule.js';
import type { Slots } from './slots.js';
import type { TrainableWeight } from './weights.js';

/** Lion in Keras's form (class `Lion`; Chen et al., 2023): w ← w − η·sign(β₁m + (1−β₁)g); m ← β₂m + (1−β₂)g. */
export class Lion implements UpdateRule {
  readonly timed = false;

  constructor(
    private readonly engine: Engine,
    private readonly slots: Slots,
    private readonly settings: Pick<SettingsOf<'lion'>, 'beta1' | 'beta2'>,
  ) {}

  shared(): undefined {
    return undefined;
  }

  prepare(weight: TrainableWeight): WeightUpdate<undefined> {
    const { updates } = this.engine;
    const { beta1, beta2 } = this.settings;
    const m = this.slots.filled(weight, 'momentum');
    return (given, learningRate) => {
      const gradient = updates.float32(given);
      const difference = m.sub(gradient);
      updates.gradientDescent(weight.variable, difference.mul(beta1).add(gradient).sign(), learningRate);
      updates.gradientDescent(m, difference, 1 - Math.fround(beta2));
    };
  }
}
