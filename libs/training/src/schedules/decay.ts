// Schedules in Keras's form (keras.optimizers.schedules 3.15), as functions of the step from 0, in float64.

import type { ScheduleOf } from '@gradstream/contracts';

/** Learning rate of a step; steps count from 0. */
export type LearningRate = (step: number) => number;

/** Keras's ExponentialDecay: η·rate^(step/decaySteps). */
export function exponential(
  initial: number,
  { decaySteps, decayRate, staircase }: ScheduleOf<'exponential'>,
): LearningRate {
  return (step) => initial * decayRate ** elapsed(step, decaySteps, staircase);
}

/** Keras's InverseTimeDecay: η/(1 + rate·step/decaySteps). */
export function inverseTime(
  initial: number,
  { decaySteps, decayRate, staircase }: ScheduleOf<'inverseTime'>,
): LearningRate {
  return (step) => initial / (1 + decayRate * elapsed(step, decaySteps, staircase));
}

/** Keras's PiecewiseConstantDecay: values[i] up to and including step boundaries[i]. */
export function piecewise({ boundaries, values }: ScheduleOf<'piecewise'>): LearningRate {
  return (step) => {
    const at = boundaries.findIndex((boundary) => step <= boundary);
    return values[at < 0 ? boundaries.length : at] ?? 0;
  };
}

/** Keras's PolynomialDecay: (η − end)·(1 − step/decaySteps)^power + end; with `cycle` decaySteps grows by its multiples. */
export function polynomial(
  initial: number,
  { endLearningRate, power, cycle }: Pick<ScheduleOf<'polynomial'>, 'endLearningRate' | 'power' | 'cycle'>,
  decaySteps: number,
): LearningRate {
  return (step) => {
    const length = cycle ? decaySteps * Math.max(1, Math.ceil(step / decaySteps)) : decaySteps;
    const left = 1 - Math.min(step, length) / length;
    return (initial - endLearningRate) * left ** power + endLearningRate;
  };
}

function elapsed(step: number, decaySteps: number, staircase: boolean): number {
  return staircase ? Math.floor(step / decaySteps) : step / decaySteps;
}
