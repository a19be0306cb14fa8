// Which checkpoints a policy keeps: the same for the library's folders and for the service's rows.

import type { CheckpointPolicy } from './callbacks.js';
import { directionOf } from './direction.js';

/** A checkpoint, with what was measured when it was written. */
export interface Retained {
  readonly step: number;
  readonly metrics: Readonly<Record<string, number>>;
}

export type RetentionPolicy = Pick<CheckpointPolicy, 'keepLast' | 'keepBest' | 'monitor' | 'mode'>;

/**
 * The checkpoints that a policy lets go: those that are neither among the last `keepLast`, nor among the best `keepBest`
 * by the series watched. The earlier one of equals is better; one without a finite value is never among the best.
 * The last checkpoint always stays. Call it once the newest one is safe.
 */
export function retired<T extends Retained>(checkpoints: readonly T[], policy: RetentionPolicy): T[] {
  const { keepLast, keepBest, monitor, mode } = policy;
  if (keepLast === null) return [];
  const byStep = checkpoints.toSorted((a, b) => a.step - b.step);
  const sign = (mode === 'auto' ? directionOf(monitor) : mode) === 'max' ? -1 : 1;
  const cost = ({ metrics }: T): number => sign * (metrics[monitor] ?? Number.NaN);
  const best = byStep
    .filter((checkpoint) => Number.isFinite(cost(checkpoint)))
    .sort((a, b) => cost(a) - cost(b) || a.step - b.step)
    .slice(0, keepBest);
  const kept = new Set([...byStep.slice(-Math.max(1, keepLast)), ...best]);
  return byStep.filter((checkpoint) => !kept.has(checkpoint));
}
