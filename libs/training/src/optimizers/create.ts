// Makes the optimizer that settings name.

import type { OptimizerSettings } from '@gradstream/contracts';
import type { Engine } from '@gradstream/engine';
import { Adadelta } from './adadelta.js';
import { Adafactor } from './adafactor.js';
import { Adagrad } from './adagrad.js';
import { Adam } from './adam.js';
import { Adamax } from './adamax.js';
import { Ftrl } from './ftrl.js';
import { Lamb } from './lamb.js';
import { Lion } from './lion.js';
import { Muon } from './muon.js';
import { Nadam } from './nadam.js';
import { Rmsprop } from './rmsprop.js';
import type { UpdateRule } from './rule.js';
import { RuleOptimizer, type Constrain, type Optimizer } from './ruleOptimizer.js';
import { ScheduleFreeAdamW } from './scheduleFreeAdamW.js';
import { Sgd } from './sgd.js';
import { Slots } from './slots.js';
import { fitsAny, roleOf, type TrainableWeight } from './weights.js';

export interface OptimizerOptions {
  /** What a weight has to be after an update, such as of a limited norm; null for a weight without a constraint. */
  readonly constrain?: Constrain;
}

/** The weight decay of a weight: none for those excluded by name or role; Muon has one for its matrices and one for Adam's. */
function decayOf(settings: OptimizerSettings, weight: TrainableWeight): number {
  const { names, roles } = settings.weightDecayExclude;
  const excluded = fitsAny(weight.name, names) || roles.some((role) => role === roleOf(weight));
  if (excluded) return 0;
  const decay =
    settings.name === 'muon' && Muon.usesAdam(weight, settings)
      ? settings.adamWeightDecay
      : settings.weightDecay;
  return decay ?? 0;
}

/**
 * An optimizer for weights, which stay the caller's; its own variables live until it is disposed. The learning rate is an
 * input of each update, so that the settings' own, where a schedule starts, is not used here.
 */
export function makeOptimizer(
  engine: Engine,
  settings: OptimizerSettings,
  weights: readonly TrainableWeight[],
  { constrain }: OptimizerOptions = {},
): Optimizer {
  const slots = new Slots(engine);
  const plans = weights.map((weight) => ({
    weight,
    decay: decayOf(settings, weight),
    factor:
      settings.learningRateFactors.find(({ weights: pattern }) => fitsAny(weight.name, [pattern]))?.factor ??
      1,
  }));
  const drive = <Shared>(rule: UpdateRule<Shared>): Optimizer =>
    new RuleOptimizer(engine, slots, rule, plans, { ema: settings.ema, constrain: constrain ?? null });
  switch (settings.name) {
    case 'sgd':
      return drive(new Sgd(engine, slots, settings));
    case 'adam':
    case 'adamW':
      return drive(new Adam(engine, slots, settings));
    case 'nadam':
      return drive(new Nadam(engine, slots, settings));
    case 'adamax':
      return drive(new Adamax(engine, slots, settings));
    case 'rmsprop':
      return drive(new Rmsprop(engine, slots, settings));
    case 'adagrad':
      return drive(new Adagrad(engine, slots, settings));
    case 'adadelta':
      return drive(new Adadelta(engine, slots, settings));
    case 'adafactor':
      return drive(new Adafactor(engine, slots, settings));
    case 'ftrl':
      return drive(new Ftrl(engine, slots, settings));
    case 'lion':
      return drive(new Lion(engine, slots, settings));
    case 'lamb':
      return drive(new Lamb(engine, slots, settings));
    case 'muon':
      return drive(new Muon(engine, slots, settings));
    case 'scheduleFreeAdamW':
      return drive(new ScheduleFreeAdamW(engine, slots, settings));
  }
}
