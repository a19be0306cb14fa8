// One attempt in this worker, from its files to its end.

import {
  fromTrainerSchema,
  GradstreamError,
  type FromTrainer,
  type StartTraining,
} from '@gradstream/contracts';
import type { Attempts, CheckpointCommits, ClaimedAttempt } from '@gradstream/domain';
import type { Log } from '@gradstream/platform';
import type { TrainerProcess } from '../trainer/process.js';
import type { WarmTrainers } from '../trainer/warm.js';
import { residentBytes } from '../support/memory.js';
import { retryWhileAway, type RetryOptions } from '../support/retry.js';
import type { RunFiles } from './files.js';
import { startHeartbeat } from './heartbeat.js';
import { AttemptLimits } from './limits.js';
import { startGuard } from './guard.js';
import {
  decide,
  decideStopped,
  failureOf,
  type Breach,
  type Decision,
  type StopCause,
  type Verdict,
} from './outcome.js';
import { LogLines } from './logLines.js';
import { CheckpointUploads } from './uploads.js';
import { RunWriter } from './writer.js';

/** How long a trainer may take to stop at a step, in ms. */
const STOP_MS = 8000;
/** The same for a limit of time, which wants the checkpoint of that step. A pause waits for it however long it takes. */
const LIMIT_MS = 60_000;
/** How long its process may take to end after its last word, in ms. */
const EXIT_MS = 5000;

export interface SessionParts {
  readonly attempts: RunAttempts;
  readonly commits: Pick<CheckpointCommits, 'commit'>;
  readonly files: Pick<RunFiles, 'open' | 'close' | 'dataset' | 'checkpoint' | 'storeCheckpoint' | 'discard'>;
  readonly log: Log;
  readonly trainers: Pick<WarmTrainers, 'take' | 'refillSoon'>;
  readonly trainer: Pick<StartTraining, 'tensorflowDir' | 'threads'>;
}

/** The part of Attempts that is needed here. */
export type RunAttempts = Omit<Attempts, 'claim'>;

export class RunSession {
  readonly #limits = new AttemptLimits();
  readonly #writer: RunWriter;
  readonly #uploads: CheckpointUploads;
  readonly #lines = new LogLines();
  /** Why the trainer is held. */
  readonly #pressure = new Set<'frames' | 'checkpoints'>();
  #trainer: TrainerProcess | null = null;
  #verdict: Verdict | null = null;
  #stopCause: StopCause | null = null;
  #violation: Error | null = null;
  #fenced = false;

  constructor(
    private readonly parts: SessionParts,
    private readonly claimed: ClaimedAttempt,
  ) {
    this.#writer = this.#createWriter();
    this.#uploads = this.#createUploads();
  }

  /** Runs the attempt to its end; never throws for what the run itself did. */
  async run(): Promise<void> {
    const { attempts, log } = this.parts;
    const stopBeating = startHeartbeat({
      beat: () => attempts.heartbeat(this.claimed),
      onStop: (request) => {
        this.stop(request);
      },
      onFenced: (error) => {
        this.#abandon(error);
      },
      onMissed: (err) => {
        log.warn({ err, run: this.claimed.runId }, 'a heartbeat was missed');
      },
    });
    const stopGuard = startGuard({
      limits: this.claimed.spec.limits,
      secondsSpent: this.claimed.secondsSpent,
      resident: async () => (this.#trainer?.pid === undefined ? null : residentBytes(this.#trainer.pid)),
      onBreach: (breach) => {
        this.#stopAt(breach);
      },
    });
    try {
      const decision = await this.#attempt();
      if (!this.#fenced) await this.#conclude(decision);
    } finally {
      stopBeating();
      stopGuard();
      this.#limits.clear();
    }
  }

  /** Stops the attempt: what is being prepared at once, a trainer at its next step or, when it does not, by force. */
  stop(cause: StopCause): void {
    const before = this.#stopCause;
    if (before === cause) return;
    this.#limits.stop(cause);
    // A pause and a limit of time wait for a checkpoint: a cancel and a shutdown end that, and a cancel is the end.
    const urgent = cause === 'cancel' || cause === 'shutdown';
    if (before === 'cancel' || before === 'shutdown' || (before !== null && !urgent)) return;
    if (before === null || cause === 'cancel') this.#stopCause = cause;
    this.#trainer?.send({ type: 'stop' });
    if (cause !== 'pause') this.#boundTrainer(urgent ? STOP_MS : LIMIT_MS);
  }

  /** Ends an attempt at a limit: of time as a pause would, of memory by force, for it grows meanwhile. */
  #stopAt(breach: Breach): void {
    if (breach.code === 'TIME_LIMIT') {
      this.stop(breach);
      return;
    }
    this.#verdict ??= breach;
    this.#trainer?.kill();
  }

  /** What becomes of the run, unless it is no longer ours. */
  async #attempt(): Promise<Decision> {
    const { files, log } = this.parts;
    let folder: string | null = null;
    try {
      folder = await files.open(this.claimed);
      return await this.#train(folder);
    } catch (error) {
      if (this.#stopCause) return decideStopped(this.#stopCause);
      if (!this.#fenced) log.error({ err: error, ...this.#about }, 'the attempt failed in the worker');
      return { end: { state: 'failed', failure: failureOf(error) } };
    } finally {
      this.#trainer?.kill();
      if (folder) await this.#close(folder);
    }
  }

  async #train(folder: string): Promise<Decision> {
    const signal = this.#limits.preparing;
    const datasetFolder = await retryWhileAway(
      () => this.parts.files.dataset(this.claimed, folder, signal),
      this.#retry(signal),
    );
    const resumeFrom = await retryWhileAway(
      () => this.parts.files.checkpoint(this.claimed, folder, signal),
      this.#retry(signal),
    );
    signal.throwIfAborted();
    const trainer = this.#start({ workFolder: folder, datasetFolder, ...(resumeFrom ? { resumeFrom } : {}) });
    const exit = await trainer.ended;
    this.#limits.trainerEnded();
    await this.#uploads.drained();
    await this.#writer.drained();
    return decide({
      verdict: this.#verdict,
      exit,
      stopCause: this.#stopCause,
      violation: this.#violation,
      complete: this.#uploads.complete,
    });
  }

  /** Removes the attempt's files. What cannot be removed now is when this worker is gone. */
  async #close(folder: string): Promise<void> {
    try {
      await this.parts.files.close(folder);
    } catch (err) {
      this.parts.log.warn({ err, folder, ...this.#about }, 'the files of an attempt could not be removed');
    }
  }

  #start(given: Pick<StartTraining, 'workFolder' | 'datasetFolder' | 'resumeFrom'>): TrainerProcess {
    const { runId, attempt, spec, specSha256 } = this.claimed;
    const start = {
      type: 'start',
      runId,
      attempt,
      spec,
      specSha256,
      ...this.parts.trainer,
      ...given,
    } as const;
    const trainer = this.parts.trainers.take();
    // Before it is heard: what it has said already may be a reason to kill it.
    this.#trainer = trainer;
    trainer.listen({
      protocol: fromTrainerSchema,
      onMessage: (message) => {
        if (this.#violation) return;
        if (message.type === 'ready') trainer.send(start);
        else this.#accept(message);
      },
      onViolation: (error) => {
        this.#violate(error);
      },
      onLine: (line) => {
        const frame = this.#lines.toFrame(line);
        if (frame) this.#writer.frames([frame]);
      },
    });
    return trainer;
  }

  #accept(message: Exclude<FromTrainer, { type: 'ready' }>): void {
    switch (message.type) {
      case 'started':
        this.#begin(message);
        return;
      case 'frames':
        this.#writer.frames(message.frames);
        this.#lines.at(message.frames);
        return;
      case 'checkpoint':
        this.#uploads.add(message);
        return;
      case 'finished':
      case 'failed':
        // A trainer that has said its last word has nothing left to do but end.
        this.#verdict ??= message;
        this.#boundTrainer(EXIT_MS);
    }
  }

  /** A trainer that begins elsewhere than its run would tell a false history. */
  #begin({ step, totalSteps, engineVersion }: Extract<FromTrainer, { type: 'started' }>): void {
    const expected = this.claimed.resumeFrom?.step ?? 0;
    if (step === expected) {
      this.#writer.started(totalSteps, engineVersion);
      this.parts.trainers.refillSoon();
    } else this.#violate(new Error(`training began after step ${step}, not after ${expected}`));
  }

  #violate(error: Error): void {
    this.#violation ??= error;
    this.#trainer?.kill();
  }

  #createWriter(): RunWriter {
    const { log } = this.parts;
    return new RunWriter(this.parts, this.claimed, {
      ...this.#retry(this.#limits.writing),
      onPressure: (high) => {
        this.#press('frames', high);
      },
      onFailure: (error) => {
        log.error({ err: error, ...this.#about }, 'the run can no longer be written');
        if (error instanceof GradstreamError && error.code === 'ATTEMPT_FENCED') this.#abandon(error);
        else this.#trainer?.kill(); // `drained` throws it again, and the run ends with it as the reason.
      },
    });
  }

  #createUploads(): CheckpointUploads {
    const signal = this.#limits.uploading;
    return new CheckpointUploads({
      store: (checkpoint) =>
        retryWhileAway(
          () => this.parts.files.storeCheckpoint(this.claimed, checkpoint, signal),
          this.#retry(signal),
        ),
      onStored: (stored) => {
        this.#writer.checkpoint(stored);
      },
      policy: this.claimed.spec.checkpoints,
      discard: ({ files }) => void this.parts.files.discard(files.map(({ file }) => file)),
      onPressure: (high) => {
        this.#press('checkpoints', high);
      },
      onFailure: (err) => {
        this.parts.log.error({ err, ...this.#about }, 'a checkpoint could not be stored');
        if (!signal.aborted) this.#verdict = { type: 'failed', ...failureOf(err) };
        this.#trainer?.kill();
      },
    });
  }

  /** Holds the trainer while anything presses. */
  #press(what: 'frames' | 'checkpoints', high: boolean): void {
    const held = this.#pressure.size > 0;
    if (high) this.#pressure.add(what);
    else this.#pressure.delete(what);
    if (held !== this.#pressure.size > 0) this.#trainer?.hold(!held);
  }

  /** Ends a trainer by force, unless it ends by itself in time. */
  #boundTrainer(ms: number): void {
    const trainer = this.#trainer;
    const timer = setTimeout(() => {
      trainer?.kill();
    }, ms);
    void (trainer?.ended ?? Promise.resolve()).then(() => {
      clearTimeout(timer);
    });
  }

  /** Writes the end. */
  async #conclude(decision: Decision): Promise<void> {
    const { attempts, log } = this.parts;
    try {
      await retryWhileAway(async () => {
        if ('end' in decision) await attempts.finish(this.claimed, decision.end);
        else await attempts.release(this.claimed, decision.release);
      }, this.#retry(this.#limits.concluding));
    } catch (error) {
      // Its first try may have been stored although the answer was lost: then the attempt has ended, as it should.
      if (error instanceof GradstreamError && error.code === 'ATTEMPT_FENCED')
        log.info({ run: this.claimed.runId }, error.detail);
      else throw error;
    }
  }

  /** The run is no longer ours: not another write. */
  #abandon(error: unknown): void {
    this.parts.log.warn({ err: error, run: this.claimed.runId }, 'this worker gives the run up');
    this.#fenced = true;
    this.#limits.abandon();
    this.#trainer?.kill();
  }

  get #about(): { run: string; attempt: number } {
    return { run: this.claimed.runId, attempt: this.claimed.attempt };
  }

  #retry(signal: AbortSignal): RetryOptions {
    return {
      signal,
      onAway: (err, tries) => {
        if (tries % 10 === 1)
          this.parts.log.warn({ err, ...this.#about, tries }, 'a service is away; trying again');
      },
    };
  }
}
