// What happened to a run, in words: stored events say from which state to which, people want to know what that was.

import type { StoredRunEvent } from '@gradstream/sdk';
import type { MarkKind } from '../../../charts/marks.js';

/** What is marked on charts, and what only the list of events has. */
export type HappeningKind = MarkKind | 'started' | 'released';

export interface Happening {
  readonly seq: number;
  readonly attempt: number;
  readonly step: number;
  /** RFC 3339. */
  readonly time: string;
  readonly kind: HappeningKind;
  readonly title: string;
  /** Why, where the server said it. */
  readonly cause: string | null;
}

type Event = StoredRunEvent['event'];
type StateChange = Extract<Event, { type: 'stateChanged' }>;
type Told = Pick<Happening, 'kind' | 'title' | 'cause'>;

/** The cause of a run that is given up by one attempt begins with an error’s code and the count of such ends; once of attempts. */
const CRASH = /^[A-Z_]+(?:, attempt \d+ of \d+| \(\d+ of at most \d+\)): |worker was lost/;

/** A run that waits for a worker: for the first time never, for a run begins in that state. */
function toldOfQueued({ from, cause }: StateChange): Told {
  if (from === 'paused') return { kind: 'resumed', title: 'resumed', cause };
  if (from === 'failed' || from === 'cancelled')
    return { kind: 'retried', title: `retried after it was ${from}`, cause };
  return CRASH.test(cause)
    ? { kind: 'crashed', title: 'an attempt crashed; another one follows', cause }
    : { kind: 'released', title: 'given back by its worker; another attempt follows', cause };
}

function toldOfState(event: StateChange, { attempt }: StoredRunEvent): Told {
  const { from, to, cause } = event;
  switch (to) {
    case 'queued':
      return toldOfQueued(event);
    case 'preparing':
      return from === 'running'
        ? { kind: 'crashed', title: 'its worker was lost; another one took it on', cause }
        : { kind: 'started', title: `attempt ${attempt} began`, cause };
    case 'running':
      return { kind: 'started', title: 'training began', cause: null };
    case 'paused':
      return { kind: 'paused', title: 'paused', cause };
    case 'succeeded':
    case 'failed':
    case 'cancelled':
      return { kind: 'ended', title: to, cause };
  }
}

function toldOf(stored: StoredRunEvent): Told | null {
  const { event } = stored;
  switch (event.type) {
    case 'log':
      return null;
    case 'checkpointed':
      return { kind: 'checkpoint', title: `checkpoint at step ${event.step}`, cause: null };
    case 'rewound':
      return {
        kind: 'rewound',
        title: `went back to step ${event.toStep}`,
        cause:
          event.toStep === 0 ? 'training begins anew' : 'training goes on from the last whole checkpoint',
      };
    case 'stateChanged':
      return toldOfState(event, stored);
  }
}

/** The step that an event is about. */
function stepOf({ step, event }: StoredRunEvent): number {
  if (event.type === 'checkpointed') return event.step;
  return event.type === 'rewound' ? event.toStep : step;
}

/** An event in words; null for a line of the log. */
export function happeningOf(stored: StoredRunEvent): Happening | null {
  const told = toldOf(stored);
  const { seq, attempt, time } = stored;
  return told && { seq, attempt, time, step: stepOf(stored), ...told };
}
