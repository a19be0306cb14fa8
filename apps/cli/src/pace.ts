// How long a run has still to go, from when some of its steps were.

import type { MetricSamples, Run } from '@gradstream/sdk';

/** Seconds that a run has to go at its speed over the last part of its clock; null while it does not train, or where no part tells. */
export function secondsLeft(
  { state, step, totalSteps }: Pick<Run, 'state' | 'step' | 'totalSteps'>,
  { steps, times }: Pick<MetricSamples['clock'], 'steps' | 'times'>,
): number | null {
  if (state !== 'running' || totalSteps === null || step >= totalSteps) return null;
  const [before, last] = [steps.at(-2), steps.at(-1)];
  const [timeBefore, timeLast] = [times.at(-2), times.at(-1)];
  if (before === undefined || last === undefined || !timeBefore || !timeLast || last <= before) return null;
  const seconds = (Date.parse(timeLast) - Date.parse(timeBefore)) / 1000;
  return seconds > 0 ? (seconds / (last - before)) * (totalSteps - step) : null;
}
