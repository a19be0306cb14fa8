// Which checkpoints of a run go when a newer one is committed.

import { retired, type Retained, type RetentionPolicy } from '@gradstream/contracts';

/** A checkpoint, with what speaks for keeping it. */
export interface RetainedCheckpoint extends Retained {
  /** Pinned, or where a fork began. */
  readonly needed: boolean;
  /** A later attempt began before it: the run's history does not lead to it any more. */
  readonly takenBack: boolean;
}

/**
 * Those that the policy lets go, but for the ones that are needed, which count among the last and the best as others do. Those
 * taken back do not count, and go. Nothing goes while `keepLast` is null.
 */
export function toDelete<T extends RetainedCheckpoint>(
  checkpoints: readonly T[],
  policy: RetentionPolicy,
): T[] {
  if (policy.keepLast === null) return [];
  const live = checkpoints.filter(({ takenBack }) => !takenBack);
  const gone = new Set(retired(live, policy));
  return checkpoints.filter((one) => !one.needed && (one.takenBack || gone.has(one)));
}
