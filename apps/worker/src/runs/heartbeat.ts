// Says every few seconds that the worker lives. Postgres being away is no reason to stop: when it is back and
// the attempt is still the newest, the run goes on.

import { GradstreamError } from '@gradstream/contracts';
import type { StopRequest } from '@gradstream/domain';

export const HEARTBEAT_MS = 3000;

export interface HeartbeatOptions {
  readonly beat: () => Promise<StopRequest | null>;
  /** Called at each beat while a stop is asked for. */
  readonly onStop: (request: StopRequest) => void;
  /** A newer attempt has taken over, or the run has ended. */
  readonly onFenced: (error: GradstreamError) => void;
  readonly onMissed: (error: unknown) => void;
  readonly everyMs?: number;
}

/** Begins to beat; returns the function that ends it. Beats never overlap. */
export function startHeartbeat(options: HeartbeatOptions): () => void {
  const { beat, onStop, onFenced, onMissed, everyMs = HEARTBEAT_MS } = options;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const tick = async (): Promise<void> => {
    try {
      const request = await beat();
      if (request && !isStopped()) onStop(request);
    } catch (error) {
      if (isStopped()) return;
      if (error instanceof GradstreamError && error.code === 'ATTEMPT_FENCED') {
        stopped = true;
        onFenced(error);
        return;
      }
      onMissed(error);
    }
    if (!isStopped()) schedule();
  };
  const isStopped = (): boolean => stopped;
  const schedule = (): void => {
    timer = setTimeout(() => void tick(), everyMs);
  };
  schedule();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
