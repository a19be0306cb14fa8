// What workers do with runs. Every write names the attempt, and is refused once there is a newer one.

import {
  GradstreamError,
  runSpecSchema,
  type NewFrame,
  type RunFailure,
  type RunSpec,
} from '@gradstream/contracts';
import {
  AttemptRepository,
  CheckpointRepository,
  Database,
  DatasetRepository,
  FrameRepository,
  type Fence,
  type RunRow,
} from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { newId } from '../common/ids.js';
import { eventFrame, RunStates } from './states.js';

/** Seconds without a sign of life after which an attempt counts as dead. */
export const SILENT_SECONDS = 15;
/** How often a run may lose its worker before it is given up. */
const MAX_LOST = 3;

/** A run that a worker has taken on. */
export interface ClaimedAttempt extends Fence {
  readonly projectId: string;
  readonly spec: RunSpec;
  readonly dataset: { readonly objectKey: string; readonly sha256: string; readonly bytes: number };
}

/** A checkpoint whose file is stored already. */
export interface StoredCheckpoint {
  readonly objectKey: string;
  readonly step: number;
  readonly epoch: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly metrics: Readonly<Record<string, number>>;
}

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
    private readonly checkpoints: CheckpointRepository,
    private readonly datasets: DatasetRepository,
    private readonly states: RunStates,
  ) {}

  /** Takes on a run that is queued, or whose worker is dead. Null when there is nothing to do. */
  async claim(runId: string, workerId: string): Promise<ClaimedAttempt | null> {
    return this.database.asSystem(async () => {
      const run = await this.attempts.lockRun(runId);
      if (!run || !['queued', 'preparing', 'running'].includes(run.state)) return null;
      const old: Fence = { runId, attempt: run.attempt };
      if (run.state !== 'queued' && (await this.attempts.isAttemptAlive(old, SILENT_SECONDS))) return null;
      await this.attempts.endAttempt(old, 'lost');
      if (await this.#stopAsRequested(run)) return null;
      const lost = await this.attempts.countLost(runId);
      if (lost >= MAX_LOST) {
        await this.states.change(run, 'failed', 'its workers were lost', { failure: exhausted(lost) });
        return null;
      }
      return this.#begin(run, workerId);
    });
  }

  async #begin(run: RunRow, workerId: string): Promise<ClaimedAttempt> {
    const attempt = run.attempt + 1;
    const renewed = await this.attempts.insertAttempt(run, attempt, workerId, 0);
    const rewound =
      run.attempt > 0 && run.step > 0 ? [eventFrame(renewed, { type: 'rewound', toStep: 0 })] : [];
    if (run.state === 'preparing') {
      await this.frames.append(renewed, rewound);
    } else {
      const cause = run.attempt === 0 ? 'a worker took it on' : 'a worker took it on again';
      await this.states.change(renewed, 'preparing', cause, { before: rewound });
    }
    const dataset = await this.datasets.find(run.project_id, run.dataset_id);
    if (!dataset) throw new GradstreamError('DATASET_UNREADABLE', 'The dataset of the run is gone.');
    return {
      runId: run.id,
      attempt,
      projectId: run.project_id,
      spec: runSpecSchema.parse(run.spec),
      dataset: { objectKey: dataset.object_key, sha256: dataset.sha256 ?? '', bytes: dataset.bytes ?? 0 },
    };
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
    await this.#fencedly(claimed, async (run) => {
      await this.attempts.setStarted(run.id, totalSteps, engineVersion);
      if (run.state === 'preparing') await this.states.change(run, 'running', 'training began');
    });
  }

  /** The run's last sequence number. */
  async position(claimed: ClaimedAttempt): Promise<number> {
    return this.#fencedly(claimed, (run) => Promise.resolve(run.last_seq));
  }

  /**
   * Appends frames after a position that only this attempt moves; returns the new one. A second try of a write that
   * was stored although its answer was lost finds the position moved, and stores nothing.
   */
  async appendFrames(claimed: ClaimedAttempt, frames: readonly NewFrame[], after: number): Promise<number> {
    return this.#fencedly(claimed, (run) => {
      if (run.last_seq === after) return this.frames.append(run, frames);
      if (run.last_seq === after + frames.length) return Promise.resolve(run.last_seq);
      const detail = `Frames were to follow number ${after} of ${run.id}, which is at ${run.last_seq}: another writer is at work.`;
      throw new GradstreamError('CONFLICT', detail);
    });
  }

  /** Makes a stored file a checkpoint. Again for the same step is no error. */
  async commitCheckpoint(claimed: ClaimedAttempt, stored: StoredCheckpoint): Promise<void> {
    await this.#fencedly(claimed, async (run) => {
      const id = newId('checkpoint');
      const row = await this.checkpoints.insert(run, { id, ...stored });
      if (!row) return;
      const event = eventFrame(
        { step: stored.step, epoch: stored.epoch },
        { type: 'checkpointed', checkpointId: id, step: stored.step },
      );
      await this.frames.append(run, [event]);
    });
  }

  /** Ends the run. */
  async finish(claimed: ClaimedAttempt, outcome: Outcome): Promise<void> {
    await this.#fencedly(claimed, async (run) => {
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

  /** Gives the run back: to rest if a cancel or a pause was asked for, else to any worker. */
  async release(claimed: ClaimedAttempt, cause: string): Promise<void> {
    await this.#fencedly(claimed, async (run) => {
      const stopped = await this.#stopAsRequested(run);
      if (!stopped) await this.states.change(run, 'queued', cause);
      await this.attempts.endAttempt(claimed, stopped ?? 'released');
    });
  }

  /** Runs `work` on the run, locked, if the attempt is still its newest one. */
  async #fencedly<T>({ projectId, ...fence }: ClaimedAttempt, work: (run: RunRow) => Promise<T>): Promise<T> {
    return this.database.asProject(projectId, async () => {
      const run = await this.attempts.lockFenced(fence);
      if (!run) throw fenced(fence);
      const result = await work(run);
      this.states.hint(run.id);
      return result;
    });
  }
}

/** The refusal of a worker that was replaced. */
function fenced({ runId, attempt }: Fence): GradstreamError {
  return new GradstreamError(
    'ATTEMPT_FENCED',
    `Attempt ${attempt} of ${runId} was replaced or has ended: this worker stops its trainer.`,
  );
}

/** Why a run is given up. */
function exhausted(attempts: number): RunFailure {
  const message = `The run lost its worker ${attempts} times; start it again when the workers are stable.`;
  return { code: 'ATTEMPTS_EXHAUSTED', message, signal: null, logTail: [], errors: [] };
}
