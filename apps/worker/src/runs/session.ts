// One attempt in this worker, from its files to its end.

import { GradstreamError, type FromTrainer, type RunFailure } from '@gradstream/contracts';
import type { Attempts, ClaimedAttempt } from '@gradstream/domain';
import type { Log } from '@gradstream/platform';
import { rm } from 'node:fs/promises';
import { TrainerProcess } from '../trainer/process.js';
import { trainerEnvironment } from '../trainer/environment.js';
import { retryWhileAway, type RetryOptions } from '../support/retry.js';
import type { RunFiles } from './files.js';
import { startHeartbeat } from './heartbeat.js';
import { decide, type Decision, type StopCause, type Verdict } from './outcome.js';
import { RunWriter } from './writer.js';

/** How long a trainer may take to stop at a step, in ms. */
const STOP_MS = 10_000;
/** How long its process may take to end after its last word, in ms. */
const EXIT_MS = 5000;

export interface SessionParts {
  readonly attempts: Attempts;
  readonly files: RunFiles;
  readonly log: Log;
  readonly trainerProgram: string;
  readonly tensorflowDir: string;
  readonly threads: number;
}

type CheckpointMessage = Extract<FromTrainer, { type: 'checkpoint' }>;

export class RunSession {
  readonly #retry: RetryOptions;
  readonly #writer: RunWriter;
  #trainer: TrainerProcess | null = null;
  #verdict: Verdict | null = null;
  #stopCause: StopCause | null = null;
  #fenced = false;
  #violation: Error | null = null;
  /** Work on what the trainer said, in order: a checkpoint's upload holds back what came after it. */
  #tail: Promise<void> = Promise.resolve();
  #folder = '';

  constructor(
    private readonly parts: SessionParts,
    private readonly claimed: ClaimedAttempt,
  ) {
    const { log, attempts } = parts;
    const about = { run: claimed.runId, attempt: claimed.attempt };
    this.#retry = {
      onAway: (err, tries) => {
        if (tries % 10 === 1) log.warn({ err, ...about, tries }, 'a service is away; trying again');
      },
    };
    this.#writer = new RunWriter(attempts, claimed, {
      ...this.#retry,
      onPressure: (high) => {
        if (high) this.#trainer?.pause();
        else this.#trainer?.resume();
      },
      onFailure: (error) => {
        log.error({ err: error, ...about }, 'the run can no longer be written');
        if (error instanceof GradstreamError && error.code === 'ATTEMPT_FENCED') this.#abandon(error);
        else this.#trainer?.kill(); // `drained` throws it again, and the run ends with it as the reason.
      },
    });
  }

  /** Runs the attempt to its end; never throws for what the run itself did. */
  async run(): Promise<void> {
    const { attempts, log } = this.parts;
    const stopBeating = startHeartbeat({
      beat: () => attempts.heartbeat(this.claimed),
      onCancel: () => {
        this.stop('cancel');
      },
      onFenced: (error) => {
        this.#abandon(error);
      },
      onMissed: (err) => {
        log.warn({ err, run: this.claimed.runId }, 'a heartbeat was missed');
      },
    });
    try {
      const decision = await this.#train();
      if (decision && !this.#isFenced()) await this.#conclude(decision);
    } finally {
      stopBeating();
      this.#trainer?.kill();
      if (this.#folder) await rm(this.#folder, { recursive: true, force: true });
    }
  }

  /** Asks the trainer to stop at its next step; kills it when it does not. */
  stop(cause: StopCause): void {
    if (this.#stopCause) return;
    this.#stopCause = cause;
    const trainer = this.#trainer;
    if (!trainer) return;
    trainer.send({ type: 'stop' });
    const timer = setTimeout(() => {
      trainer.kill();
    }, STOP_MS);
    void trainer.ended.then(() => {
      clearTimeout(timer);
    });
  }

  /** What becomes of the run; null when it is no longer ours. */
  async #train(): Promise<Decision | null> {
    const { files } = this.parts;
    try {
      const datasetFile = await retryWhileAway(() => files.dataset(this.claimed), this.#retry);
      this.#folder = await files.workFolder(this.claimed);
      const trainer = this.#fork(datasetFile);
      this.#trainer = trainer;
      if (this.#stopCause) trainer.send({ type: 'stop' });
      const exit = await trainer.ended;
      await this.#tail;
      await this.#writer.drained();
      if (this.#violation) exit.logTail.push(`the trainer broke the protocol: ${this.#violation.message}`);
      return decide({ verdict: this.#verdict, exit, stopCause: this.#stopCause });
    } catch (error) {
      if (this.#isFenced()) return null;
      return { end: { state: 'failed', failure: failureOf(error) } };
    }
  }

  #fork(datasetFile: string): TrainerProcess {
    const { trainerProgram, tensorflowDir, threads } = this.parts;
    const { runId, attempt, spec } = this.claimed;
    const trainer = new TrainerProcess({
      program: trainerProgram,
      cwd: this.#folder,
      env: trainerEnvironment(process.env),
      onMessage: (message) => {
        if (message.type === 'ready') {
          trainer.send({
            type: 'start',
            runId,
            attempt,
            spec,
            datasetFile,
            workFolder: this.#folder,
            tensorflowDir,
            threads,
          });
        } else this.#accept(message);
      },
      onViolation: (error) => {
        this.#violation = error;
        trainer.kill();
      },
    });
    return trainer;
  }

  /** Takes a message in; all go one behind the other. */
  #accept(message: FromTrainer): void {
    this.#tail = this.#tail
      .then(() => this.#handle(message))
      .catch((error: unknown) => {
        this.#verdict = { type: 'failed', ...failureOf(error) };
        this.#trainer?.kill();
      });
  }

  async #handle(message: FromTrainer): Promise<void> {
    switch (message.type) {
      case 'ready':
        return;
      case 'started':
        this.#writer.started(message.totalSteps);
        return;
      case 'frames':
        this.#writer.frames(message.frames);
        return;
      case 'checkpoint':
        await this.#storeCheckpoint(message);
        return;
      case 'finished':
      case 'failed':
        this.#verdict = message;
        this.#boundExit();
    }
  }

  async #storeCheckpoint({ step, epoch, bytes, sha256, metrics, file }: CheckpointMessage): Promise<void> {
    if (this.#isFenced()) return;
    const objectKey = await retryWhileAway(
      () => this.parts.files.storeCheckpoint(this.claimed, { file, bytes, sha256 }),
      this.#retry,
    );
    this.#writer.checkpoint({ objectKey, step, epoch, bytes, sha256, metrics });
  }

  /** A trainer that has said its last word has nothing left to do but end. */
  #boundExit(): void {
    const trainer = this.#trainer;
    const timer = setTimeout(() => {
      trainer?.kill();
    }, EXIT_MS);
    void trainer?.ended.then(() => {
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
      }, this.#retry);
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
    this.#trainer?.kill();
  }

  #isFenced(): boolean {
    return this.#fenced;
  }
}

/** Why an attempt failed in the worker's own hands. */
function failureOf(error: unknown): RunFailure {
  const typed = error instanceof GradstreamError ? error : null;
  const message = typed?.detail ?? (error instanceof Error ? error.message : String(error));
  return {
    code: typed?.code ?? 'INTERNAL',
    message,
    signal: null,
    logTail: [],
    errors: [...(typed?.errors ?? [])],
  };
}
