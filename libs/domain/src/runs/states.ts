// The state machine of a run: one table of transitions (contracts), and an event for each change.

import {
  GradstreamError,
  runStateSchema,
  runTransitions,
  type NewFrame,
  type RunEvent,
  type RunFailure,
  type RunState,
} from '@gradstream/contracts';
import { AttemptRepository, FrameRepository, type RunRow } from '@gradstream/data';
import { Logger, Wakeups } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';

/** A frame for an event of a run as it stands. */
export function eventFrame(run: Pick<RunRow, 'step' | 'epoch'>, event: RunEvent): NewFrame {
  const { step, epoch } = run;
  return { kind: 'event', step, epoch, time: new Date().toISOString(), series: [], values: [], event };
}

@Injectable()
export class RunStates {
  constructor(
    private readonly attempts: AttemptRepository,
    private readonly frames: FrameRepository,
    private readonly wakeups: Wakeups,
    private readonly logger: Logger,
  ) {}

  /** Changes the state of a run that the caller has locked, with an event and any frames before it. */
  async change(
    run: RunRow,
    to: RunState,
    cause: string,
    options: { before?: readonly NewFrame[]; failure?: RunFailure } = {},
  ): Promise<void> {
    const from = runStateSchema.parse(run.state);
    if (!runTransitions[from].includes(to)) {
      throw new GradstreamError('CONFLICT', `A run that is ${from} cannot become ${to}.`);
    }
    await this.attempts.setState(run.id, to, options.failure ?? null);
    const event = eventFrame(run, { type: 'stateChanged', from, to, cause });
    await this.frames.append(run, [...(options.before ?? []), event]);
    this.wakeups.notify(run.id);
  }

  /** Tells followers that a run has something new. */
  hint(runId: string): void {
    this.wakeups.notify(runId);
  }

  /** Notes that a run could not be queued; the reconciler will. */
  logLater(runId: string, error: unknown): void {
    this.logger.log.warn({ err: error, runId }, 'the run will be queued later');
  }
}
