// What happens to a run, as lines that a person reads.

import type { StoredRunEvent } from '@gradstream/sdk';
import { CALL } from './output.js';

type StateChange = Extract<StoredRunEvent['event'], { type: 'stateChanged' }>;

/** Whether an event is the end of a run, unless somebody starts it again. */
export const isEnd = ({ event }: StoredRunEvent): boolean =>
  event.type === 'stateChanged' && ['succeeded', 'failed', 'cancelled'].includes(event.to);

/** Whether an event happens as it was asked for, again and again. */
export const isRoutine = ({ event }: StoredRunEvent): boolean => event.type === 'checkpointed';

/** Why a run waits for a worker. */
function describeQueued({ from, cause }: StateChange, step: number): string {
  if (from === 'paused') return 'resumed: waits for a worker';
  if (from === 'failed' || from === 'cancelled') return `${cause} (it was ${from}): waits for a worker`;
  return `stopped at step ${step}: ${cause.replace(/\.$/, '')}; another attempt follows`;
}

/** The line of an event; null for one that says nothing new. */
export function describeEvent({ attempt, step, event }: StoredRunEvent, runId: string): string | null {
  switch (event.type) {
    case 'rewound':
      return `goes back to step ${event.toStep} (attempt ${attempt})`;
    case 'checkpointed':
      return `checkpoint at step ${event.step} (${event.checkpointId})`;
    case 'log':
      return event.level === 'info'
        ? null
        : `${event.level === 'warn' ? 'warning' : 'error'}: ${event.message}`;
    case 'stateChanged':
      if (event.to === 'running') return null; // Its first numbers follow.
      if (event.to === 'queued') return describeQueued(event, step);
      if (event.to === 'preparing') return `attempt ${attempt}: ${event.cause}`;
      if (event.to === 'paused') return `paused at step ${step}. To go on: ${CALL} runs resume ${runId}`;
      return `${event.to} at step ${step}: ${event.cause}`;
  }
}
