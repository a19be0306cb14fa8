// A trainer that serves predictions of one checkpoint, until it is killed.

import {
  fromPredictorSchema,
  GradstreamError,
  type AnsweredRows,
  type FromPredictor,
  type PredictRows,
  type StartServing,
} from '@gradstream/contracts';
import { WAIT_MS } from '@gradstream/domain';
import { TrainerProcess, type TrainerExit } from '../trainer/process.js';

export interface PredictorSettings extends Omit<StartServing, 'type'> {
  /** The trainer's program. */
  readonly program: string;
  readonly cwd: string;
}

export type AskedRows = Pick<PredictRows, 'rows' | 'from'>;

interface Pending {
  readonly resolve: (answer: AnsweredRows) => void;
  readonly reject: (error: GradstreamError) => void;
}

/** What became of a process that did not answer. */
function crashed({ code, signal, logTail, memoryKill }: TrainerExit): GradstreamError {
  if (signal === 'SIGKILL' && memoryKill)
    return new GradstreamError(
      'OUT_OF_MEMORY',
      'The kernel killed the process that predicts for want of memory: send fewer rows, or use a machine with more.',
    );
  const how = signal ? `was ended by ${signal}` : `ended with exit code ${code ?? 'unknown'}`;
  const last = logTail.slice(-5).join(' | ') || 'none';
  const detail = `The process that predicts ${how} before it answered. Send the rows again, and report it if it repeats. Its last lines: ${last}`;
  return new GradstreamError('ENGINE_CRASHED', detail);
}

export class PredictorProcess {
  readonly #process: TrainerProcess;
  readonly #pending = new Map<string, Pending>();
  /** What is to be said once the process listens; null when it does. */
  #early: PredictRows[] | null = [];
  /** Why it serves nobody. */
  #failure: GradstreamError | null = null;
  #requests = 0;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;

  constructor({ program, cwd, ...start }: PredictorSettings) {
    this.#process = new TrainerProcess(program, cwd);
    this.#process.listen({
      protocol: fromPredictorSchema,
      onMessage: (message) => {
        if (message.type === 'ready') this.#begin(start);
        else this.#accept(message);
      },
      onViolation: (error) => {
        const detail = `The process that predicts said something that its worker does not understand: ${error.message.slice(0, 500)}`;
        this.#fail(new GradstreamError('TRAINER_PROTOCOL', detail, { cause: error }));
        this.kill();
      },
    });
    this.ended = this.#process.ended.then((exit) => {
      this.#fail(crashed(exit));
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Whether it serves no more. */
  get failed(): boolean {
    return this.#failure !== null;
  }

  /** The answer for rows. Throws what the trainer said of them, or what became of it. */
  async predict({ rows, from }: AskedRows): Promise<AnsweredRows> {
    if (this.#failure) throw this.#failure;
    const id = String(++this.#requests);
    const timer = setTimeout(() => {
      this.#fail(
        new GradstreamError(
          'PREDICTION_TIMEOUT',
          `The network took more than ${WAIT_MS / 1000} s: send fewer rows.`,
          { retryAfterSeconds: 5 },
        ),
      );
      this.kill();
    }, WAIT_MS);
    try {
      return await new Promise<AnsweredRows>((resolve, reject) => {
        this.#pending.set(id, { resolve, reject });
        // Waits in the channel while the weights are loaded.
        const request = { type: 'predict', id, rows, from } as const;
        if (this.#early) this.#early.push(request);
        else this.#process.send(request);
      });
    } finally {
      clearTimeout(timer);
      this.#pending.delete(id);
    }
  }

  kill(): void {
    this.#process.kill();
  }

  #begin(start: Omit<StartServing, 'type'>): void {
    this.#process.send({ type: 'serve', ...start });
    for (const request of this.#early ?? []) this.#process.send(request);
    this.#early = null;
  }

  #accept(message: Exclude<FromPredictor, { type: 'ready' }>): void {
    switch (message.type) {
      case 'predicted':
        this.#pending.get(message.id)?.resolve(message.answer);
        return;
      case 'refused':
        this.#pending.get(message.id)?.reject(errorOf(message));
        return;
      case 'failed':
        this.#fail(errorOf(message));
    }
  }

  /** Ends all requests, with the first reason that there was. */
  #fail(error: GradstreamError): void {
    this.#failure ??= error;
    for (const { reject } of this.#pending.values()) reject(this.#failure);
  }
}

const errorOf = ({
  code,
  message,
  errors,
}: Extract<FromPredictor, { type: 'refused' | 'failed' }>): GradstreamError =>
  new GradstreamError(code, message, { errors });
