// Cosine schedules in Keras's form (keras.optimizers.schedules 3.15; Loshchilov and Hutter, SGDR, ICLR 2017).

import type { ScheduleOf } from '@gradstream/contracts';
import type { LearningRate } from './decay.js';

/** From 1 to `alpha` as `done` goes from 0 to 1. */
const cosineOf = (done: number, alpha: number, height = 1): number =>
  ((1 - alpha) * height * (1 + Math.cos(Math.PI * done))) / 2 + alpha;

/** Keras's CosineDecay: from η to α·η over decaySteps. */
export function cosine(
  initial: number,
  { alpha }: Pick<ScheduleOf<'cosine'>, 'alpha'>,
  decaySteps: number,
): LearningRate {
  return (step) => initial * cosineOf(Math.min(step, decaySteps) / decaySteps, alpha);
}

/** Keras's CosineDecayRestarts: period i lasts tMulⁱ times as long as the first, and starts at mMulⁱ times its height. */
export function cosineRestarts(
  initial: number,
  { firstDecaySteps, tMul, mMul, alpha }: ScheduleOf<'cosineRestarts'>,
): LearningRate {
  return (step) => {
    const { period, done } = periodOf(step / firstDecaySteps, tMul);
    return initial * cosineOf(done, alpha, mMul ** period);
  };
}

/** The period that a time is in, and the share of the period that is over; the first one takes the time 1. */
function periodOf(time: number, growth: number): { period: number; done: number } {
  if (growth === 1) return { period: Math.floor(time), done: time % 1 };
  const startOf = (period: number): number => (growth ** period - 1) / (growth - 1);
  const guess = Math.floor(Math.log1p(time * (growth - 1)) / Math.log(growth));
  // The logarithm may round to the other side of an edge.
  const period = startOf(guess + 1) <= time ? guess + 1 : startOf(guess) > time ? guess - 1 : guess;
  return { period, done: (time - startOf(period)) / growth ** period };
}
