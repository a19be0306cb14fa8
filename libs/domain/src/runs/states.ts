// The state machine of a run: one table of transitions, checked again by the statement that changes the state, and an
// event for each change.

import {
  GradstreamError,
  runStateSchema,
  type NewFrame,
  type RunEvent,
  type RunFailure,
  type RunState,
} from '@gradstream/contracts';
import { AttemptRepository, Database, FrameRepository, type RunRow } from '@gradstream/data';
import { Wakeups } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';

/**
 * Where a run may go from each state. A worker that gives a run back puts it into `queued` again, as a resume and a
 * retry do; `paused` has no worker.
 */
const transitions: Readonly<Record<RunState, readonly RunState[]>> = {
  queued: ['preparing', 'paused', 'cancelled', 'failed'],
  preparing: ['running', 'queued', 'paused', 'failed', 'cancelled'],
  running: ['succeeded', 'failed', 'cancelled', 'queued', 'preparing', 'paused'],
  paused: ['queued', 'cancelled'],
  succeeded: [],
  failed: ['queued'],
  cancelled: ['queued'],
};

/** A frame for an event of a run as it stands. */
export function eventFrame(run: Pick<RunRow, 'step' | 'epoch'>, event: RunEvent): NewFrame {
  const { step, epoch } = run;
  return { kind: 'event', step, epoch, time: new Date().toISOString(), series: [], values: [], event };
}

@Injectable()
export class RunStates {
  constructor(
    private readonly database: Database,
    private readonly attempts: AttemptRepository,
    private readonly frames: FrameRepository,
    private readonly wakeups: Wakeups,
  ) {}

  /** Changes the state of a run that the caller has locked, with an event and any frames before it. */
  async change(
    run: RunRow,
    to: RunState,
    cause: string,
    options: { before?: readonly NewFrame[]; failure?: RunFailure } = {},
  ): Promise<void> {
    const from = runStateSchema.parse(run.state);
    const changed =
      transitions[from].includes(to) &&
      (await this.attempts.setState(run.id, { from, to, failure: options.failure ?? null }));
    if (!changed) throw new GradstreamError('CONFLICT', `A run that is ${from} cannot become ${to}.`);
    const event = eventFrame(run, { type: 'stateChanged', from, to, cause });
    await this.frames.append(run, [...(options.before ?? []), event]);
    this.hint(run.id);
  }

  /** Tells followers that a run has something new, once the caller's transaction is committed. */
  hint(runId: string): void {
    this.database.afterCommit(() => {
      this.wakeups.notify(runId);
    });
  }
}
