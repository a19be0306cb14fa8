import type { SettingsOf } from '@gradstream/contracts';
import type { Engine } from '@gradstream/engine';
import type { UpdateRule, WeightUpdate } from './rule.js';
import type { Slots } from './slots.js';
import type { TrainableWeight } from './weights.js';

/** RMSprop in Keras's form (class `RMSprop`). The fused op has a momentum slot even where the momentum is 0. */
export class Rmsprop implements UpdateRule {
  readonly timed = false;

  constructor(
    private readonly engine: Engine,
    private readonly slots: Slots,
    private readonly settings: Pick<SettingsOf<'rmsprop'>, 'rho' | 'momentum' | 'epsilon' | 'centered'>,
  ) {}

  shared(): undefined {
    return undefined;
  }

  prepare(weight: TrainableWeight): WeightUpdate<undefined> {
    const { updates } = this.engine;
    const { centered, ...settings } = this.settings;
    const meanSquare = this.slots.filled(weight, 'velocity');
    const momentum = this.slots.filled(weight, 'momentum');
    if (!centered) {
      return (gradient, learningRate) => {
        const slots = { meanSquare, momentum };
        updates.rmsprop(weight.variable, slots, gradient, { ...settings, learningRate });
      };
    }
    const meanGradient = this.slots.filled(weight, 'average_gradient');
    return (gradient, learningRate) => {
      const slots = { meanSquare, momentum, meanGradient };
      updates.centeredRmsprop(weight.variable, slots, gradient, { ...settings, learningRate });
    };
  }
}
