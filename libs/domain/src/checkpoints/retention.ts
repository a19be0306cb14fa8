// Which checkpoints of a run go when a newer one is committed.

import { directionOf, type RunSpec } from '@gradstream/contracts';

/** A checkpoint, with what speaks for keeping it. */
export interface Retained {
  readonly step: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Pinned, or where a fork began. */
  readonly needed: boolean;
  /** A later attempt began before it: the run's history does not lead to it any more. */
  readonly takenBack: boolean;
}

type Policy = Pick<RunSpec['checkpoints'], 'keepLast' | 'keepBest' | 'monitor' | 'mode'>;

/**
 * Those that are neither needed, nor among the last `keepLast`, nor among the best `keepBest` by the series watched; of
 * equals the earlier is better, and one without a finite value is never among the best. Those taken back do not count
 * and go. Nothing goes while `keepLast` is null.
 */
export function toDelete<T extends Retained>(
  checkpoints: readonly T[],
  { keepLast, keepBest, monitor, mode }: Policy,
): T[] {
  if (keepLast === null) return [];
  const live = checkpoints.filter(({ takenBack }) => !takenBack).toSorted((a, b) => a.step - b.step);
  const sign = (mode === 'auto' ? directionOf(monitor) : mode) === 'max' ? -1 : 1;
  const cost = ({ metrics }: T): number => sign * (metrics[monitor] ?? Number.NaN);
  const best = live
    .filter((checkpoint) => Number.isFinite(cost(checkpoint)))
    .sort((a, b) => cost(a) - cost(b) || a.step - b.step)
    .slice(0, keepBest);
  const kept = new Set([...live.slice(-keepLast), ...best]);
  return checkpoints.filter((checkpoint) => !checkpoint.needed && !kept.has(checkpoint));
}
