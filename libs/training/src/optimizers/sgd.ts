import type { SettingsOf } from '@gradstream/contracts';
import type { Engine } from '@gradstream/engine';
import type { UpdateRule, WeightUpdate } from './rule.js';
import type { Slots } from './slots.js';
import type { TrainableWeight } from './weights.js';

/** Gradient descent in Keras's form (class `SGD`), with momentum or without. */
export class Sgd implements UpdateRule {
  readonly timed = false;

  constructor(
    private readonly engine: Engine,
    private readonly slots: Slots,
    private readonly settings: Pick<SettingsOf<'sgd'>, 'momentum' | 'nesterov'>,
  ) {}

  shared(): undefined {
    return undefined;
  }

  prepare(weight: TrainableWeight): WeightUpdate<undefined> {
    const { updates } = this.engine;
    const { variable } = weight;
    const { momentum, nesterov } = this.settings;
    if (momentum === 0) {
      return (gradient, learningRate) => {
        updates.gradientDescent(variable, gradient, learningRate);
      };
    }
    const velocity = this.slots.filled(weight, 'momentum');
    return (gradient, learningRate) => {
      updates.momentum(variable, velocity, gradient, { learningRate, momentum, nesterov });
    };
  }
}
