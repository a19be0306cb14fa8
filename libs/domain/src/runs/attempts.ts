// What workers do with runs. Every write names the attempt, and is refused once there is a newer one.

import { GradstreamError, runFailureSchema, type NewFrame, type RunFailure } from '@gradstream/contracts';
import { AttemptRepository, Database, FrameRepository, type Fence, type RunRow } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { isWorthRetrying, MAX_ATTEMPTS, pauseAfter } from './attemptLimits.js';
import { AttemptFence, fenced } from './fence.js';
import { AttemptStarts, type ClaimedAttempt } from './starts.js';
import { RunStates } from './states.js';

/** Seconds without a sign of life after which an attempt counts as dead. */
export const SILENT_SECONDS = 10;

/** Of a run whose worker is dead, and whose dataset an older version stored in another form. */
const WAITS_FOR_DATASET = 'its worker was lost, and its dataset is being checked again';

/** What a client may ask of the worker that has a run. */
export type StopRequest = 'cancel' | 'pause';

export type Outcome =
  { readonly state: 'succeeded' | 'cancelled' } | { readonly state: 'failed'; readonly failure: RunFailure };

@Injectable()
export class Attempts {
  constructor(
    private readonly database: Database,
    private readonly attempts: AttemptRepository,
    private readonly frames: FrameRepository,
    private readonly starts: AttemptStarts,
    private readonly states: RunStates,
    private readonly fence: AttemptFence,
  ) {}

  /** Takes on a run that is queued, or whose worker is dead. Null when there is nothing to do, or not yet. */
  async claim(runId: string, workerId: string): Promise<ClaimedAttempt | null> {
    return this.database.asSystem(async () => {
      const run = await this.attempts.lockRun(runId);
      if (!run || !['queued', 'preparing', 'running'].includes(run.state)) return null;
      const old: Fence = { runId, attempt: run.attempt };
      if (run.state !== 'queued' && (await this.attempts.isAttemptAlive(old, SILENT_SECONDS))) return null;
      await this.attempts.endAttempt(old, 'lost');
      if (await this.#stopAsRequested(run)) return null;
      if (run.not_before && run.not_before > new Date()) return null;
      const spent = await this.attempts.listSpent(run);
      if (spent.length >= MAX_ATTEMPTS) {
        const failure = exhausted(spent);
        await this.states.change(run, 'failed', failure.message, { failure });
        return null;
      }
      const claimed = await this.starts.begin(run, workerId);
      if (!claimed && run.state !== 'queued') await this.states.change(run, 'queued', WAITS_FOR_DATASET);
      return claimed;
    });
  }

  /** Cancels or pauses a run without a worker, if that was asked for. */
  async #stopAsRequested(run: RunRow): Promise<'cancelled' | 'paused' | null> {
    const to = run.cancel_requested ? 'cancelled' : run.pause_requested ? 'paused' : null;
    if (to) await this.states.change(run, to, `${to} by a request`);
    return to;
  }

  /** Says that the worker lives; returns the stop that is asked for. Throws ATTEMPT_FENCED. */
  async heartbeat(fence: Fence): Promise<StopRequest | null> {
    const requests = await this.database.asSystem(() => this.attempts.beat(fence));
    if (requests === undefined) throw fenced(fence);
    return requests.cancel_requested ? 'cancel' : requests.pause_requested ? 'pause' : null;
  }

  /** The data is read and training begins. */
  async started(
    claimed: ClaimedAttempt,
    { totalSteps, engineVersion = null }: { totalSteps: number; engineVersion?: string | null },
  ): Promise<void> {
    await this.fence.run(claimed, async (run) => {
      await this.attempts.setStarted(run.id, totalSteps, engineVersion);
      if (run.state === 'preparing') await this.states.change(run, 'running', 'training began');
    });
  }

  /** The run's last sequence number. */
  async position(claimed: ClaimedAttempt): Promise<number> {
    return this.fence.run(claimed, (run) => Promise.resolve(run.last_seq));
  }

  /**
   * Appends frames after a position that only this attempt moves; returns the new one. A second try of a write that
   * was stored although its answer was lost finds the position moved, and stores nothing.
   */
  async appendFrames(claimed: ClaimedAttempt, frames: readonly NewFrame[], after: number): Promise<number> {
    return this.fence.run(claimed, (run) => {
      if (run.last_seq === after) return this.frames.append(run, frames);
      if (run.last_seq === after + frames.length) return Promise.resolve(run.last_seq);
      const detail = `Frames were to follow number ${after} of ${run.id}, which is at ${run.last_seq}: another writer is at work.`;
      throw new GradstreamError('CONFLICT', detail);
    });
  }

  /** Ends the run; one whose failure may pass waits for another attempt instead, a few times. */
  async finish(claimed: ClaimedAttempt, outcome: Outcome): Promise<void> {
    await this.fence.run(claimed, async (run) => {
      if (outcome.state === 'failed' && (await this.#retryLater(claimed, run, outcome.failure))) return;
      const cause =
        outcome.state === 'failed'
          ? outcome.failure.message
          : outcome.state === 'cancelled'
            ? 'cancelled by a request'
            : 'all epochs done';
      await this.states.change(
        run,
        outcome.state,
        cause,
        outcome.state === 'failed' ? { failure: outcome.failure } : {},
      );
      await this.attempts.endAttempt(claimed, outcome.state);
    });
  }

  /** Queues a run whose attempt failed in a way that may pass, for some time later. */
  async #retryLater(fence: Fence, run: RunRow, failure: RunFailure): Promise<boolean> {
    const { code, message } = failure;
    const spent = (await this.attempts.listSpent(run)).length + 1;
    if (!isWorthRetrying(code, spent)) return false;
    await this.attempts.endAttempt(fence, 'crashed', failure);
    if (await this.#stopAsRequested(run)) return true;
    await this.states.change(run, 'queued', `${code} (${spent} of at most ${MAX_ATTEMPTS}): ${message}`);
    await this.attempts.setNotBefore(run.id, new Date(Date.now() + pauseAfter(spent)));
    return true;
  }

  /** Gives the run back: to rest if a cancel or a pause was asked for, else to any worker. */
  async release(claimed: ClaimedAttempt, cause: string): Promise<void> {
    await this.fence.run(claimed, async (run) => {
      const stopped = await this.#stopAsRequested(run);
      if (!stopped) await this.states.change(run, 'queued', cause);
      await this.attempts.endAttempt(claimed, stopped ?? 'released');
    });
  }
}

/** Why a run is given up: of what its trainer died last, where one did; else for its workers. */
function exhausted(
  spent: readonly { readonly outcome: string | null; readonly failure: unknown }[],
): RunFailure {
  const lost = spent.filter(({ outcome }) => outcome === 'lost').length;
  const crash = spent.findLast(({ failure }) => failure !== null)?.failure;
  if (crash !== undefined) {
    const { message, ...failure } = runFailureSchema.parse(crash);
    const others = lost === 0 ? '' : ` Of its ${spent.length} attempts, ${lost} lost the worker.`;
    return { ...failure, message: `${message}${others}` };
  }
  const message = `The run lost its worker ${lost} times; start it again when the workers are stable.`;
  return { code: 'ATTEMPTS_EXHAUSTED', message, signal: null, logTail: [], errors: [] };
}
