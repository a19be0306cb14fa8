import type { ScheduleOf } from '@gradstream/contracts';
import type { LearningRate } from './decay.js';

/** A part of the cycle: it ends at a step, and takes the rate from one value to another. */
interface Phase {
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The one-cycle policy (Smith and Topin, 2018) by the formula of PyTorch's OneCycleLR: from peak/divFactor to the peak in
 * the first pctStart of the steps, then down to peak/divFactor/finalDivFactor, where it stays. With `threePhase` the way
 * down mirrors the way up first.
 */
export function oneCycle(peak: number, settings: ScheduleOf<'oneCycle'>, totalSteps: number): LearningRate {
  const { pctStart, divFactor, finalDivFactor, threePhase, anneal } = settings;
  const initial = peak / divFactor;
  const lowest = initial / finalDivFactor;
  const rise = { end: pctStart * totalSteps - 1, from: initial, to: peak };
  const last = totalSteps - 1;
  const phases: Phase[] = threePhase
    ? [
        rise,
        { end: 2 * pctStart * totalSteps - 2, from: peak, to: initial },
        { end: last, from: initial, to: lowest },
      ]
    : [rise, { end: last, from: peak, to: lowest }];
  const share =
    anneal === 'cos' ? (done: number) => (1 - Math.cos(Math.PI * done)) / 2 : (done: number) => done;
  return (step) => {
    if (step >= last) return lowest;
    const at = phases.findIndex(({ end }) => step <= end);
    const phase = phases[at];
    if (!phase) return lowest;
    const start = phases[at - 1]?.end ?? 0;
    const done = phase.end > start ? (step - start) / (phase.end - start) : 1;
    return phase.from + (phase.to - phase.from) * share(done);
  };
}
