// What a run in its state can be asked for.

import { isFinal, type Run } from '@gradstream/sdk';

export type RunCommand = 'pause' | 'resume' | 'cancel' | 'retry' | 'fork' | 'delete';

type Standing = Pick<Run, 'state' | 'pauseRequested' | 'cancelRequested'>;

/** The commands that the server would take, the most wanted first. `hasData`: whether its dataset was not deleted. */
export function commandsFor(
  { state, pauseRequested, cancelRequested }: Standing,
  hasData: boolean,
): readonly RunCommand[] {
  const hasEnded = isFinal(state);
  const isStopping = hasEnded || cancelRequested;
  const isPaused = state === 'paused' || pauseRequested;
  const possible: readonly (readonly [RunCommand, boolean])[] = [
    ['pause', !isStopping && !isPaused],
    ['resume', !isStopping && isPaused],
    ['retry', (state === 'failed' || state === 'cancelled') && hasData],
    ['fork', hasData],
    ['cancel', !isStopping],
    ['delete', hasEnded],
  ];
  return possible.flatMap(([command, isPossible]) => (isPossible ? [command] : []));
}

/** What was asked of a run and has not come about; null when nothing was. */
export function pendingOf({ state, pauseRequested, cancelRequested }: Standing): string | null {
  if (isFinal(state)) return null;
  if (cancelRequested) return 'stops at its next step, to be cancelled';
  return pauseRequested && state !== 'paused' ? 'stops at its next step, to be paused' : null;
}
