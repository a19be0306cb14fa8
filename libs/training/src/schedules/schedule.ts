// The learning rate as a pure function of the step, so that a resumed run needs to remember nothing of it.

import type { ScheduleSettings } from '@gradstream/contracts';
import { cosine, cosineRestarts } from './cosine.js';
import { exponential, inverseTime, piecewise, polynomial, type LearningRate } from './decay.js';
import { oneCycle } from './oneCycle.js';

/** The schedule after its warm-up, of which `steps` are left of the run. */
function bodyOf(settings: ScheduleSettings, learningRate: number, steps: number): LearningRate {
  switch (settings.name) {
    case 'constant':
      return () => learningRate;
    case 'exponential':
      return exponential(learningRate, settings);
    case 'inverseTime':
      return inverseTime(learningRate, settings);
    case 'piecewise':
      return piecewise(settings);
    case 'polynomial':
      return polynomial(learningRate, settings, settings.decaySteps ?? steps);
    case 'linear':
      return polynomial(learningRate, { ...settings, power: 1, cycle: false }, settings.decaySteps ?? steps);
    case 'cosine':
      return cosine(learningRate, settings, settings.decaySteps ?? steps);
    case 'cosineRestarts':
      return cosineRestarts(learningRate, settings);
    case 'oneCycle':
      return oneCycle(learningRate, settings, settings.totalSteps ?? steps);
  }
}

/**
 * The learning rate of every update of a run of `totalSteps`, from 0: float64 arithmetic, rounded once to float32. A
 * warm-up goes from its start to the schedule's first rate in equal parts, as Keras's CosineDecay does; the schedule
 * begins where it ends.
 */
export function makeSchedule(
  settings: ScheduleSettings,
  learningRate: number,
  totalSteps: number,
): LearningRate {
  const { warmupSteps, warmupStart } = settings;
  const body = bodyOf(settings, learningRate, Math.max(totalSteps - warmupSteps, 1));
  const first = body(0);
  return (step) =>
    Math.fround(
      step < warmupSteps
        ? warmupStart + ((first - warmupStart) * step) / warmupSteps
        : body(step - warmupSteps),
    );
}
