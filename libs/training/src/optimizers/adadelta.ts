import type { SettingsOf } from '@gradstream/contracts';
import type { Engine } from '@gradstream/engine';
import type { UpdateRule, WeightUpdate } from './rule.js';
import type { Slots } from './slots.js';
import type { TrainableWeight } from './weights.js';

/** Adadelta in Keras's form (class `Adadelta`). */
export class Adadelta implements UpdateRule {
  readonly timed = false;

  constructor(
    private readonly engine: Engine,
    private readonly slots: Slots,
    private readonly settings: Pick<SettingsOf<'adadelta'>, 'rho' | 'epsilon'>,
  ) {}

  shared(): undefined {
    return undefined;
  }

  prepare(weight: TrainableWeight): WeightUpdate<undefined> {
    const { rho, epsilon } = this.settings;
    const squares = this.slots.filled(weight, 'accumulated_grad');
    const deltas = this.slots.filled(weight, 'accumulated_delta_var');
    return (gradient, learningRate) => {
      const settings = { learningRate, rho, epsilon };
      this.engine.updates.adadelta(weight.variable, { squares, deltas }, gradient, settings);
    };
  }
}
