// A trainer that serves predictions of one checkpoint, one request after another, until it is killed.

import {
  fromPredictorSchema,
  GradstreamError,
  type FromPredictor,
  type LocalPage,
  type PredictionRow,
  type StartServing,
  type ToPredictor,
} from '@gradstream/contracts';
import { TrainerProcess } from '../trainer/process.js';
import { crashed, LostPredictor, tooLate } from './failures.js';

export interface PredictorSettings extends Omit<StartServing, 'type'> {
  /** The trainer's program. */
  readonly program: string;
  readonly cwd: string;
  /** How long it may say nothing while requests wait, in ms; then it is killed. */
  readonly silentMs: number;
}

type Request = Exclude<ToPredictor, StartServing>;
type Said<T extends FromPredictor['type']> = Extract<FromPredictor, { type: T }>;
export type Predicted = Pick<Said<'predicted'>, 'answer' | 'hasMore'>;

/** A request that is to be answered; null when its asker waits no more. */
interface Pending {
  readonly resolve: (answer: Said<'predicted' | 'located'>) => void;
  readonly reject: (error: GradstreamError) => void;
}

export class PredictorProcess {
  readonly #process: TrainerProcess;
  readonly #pending = new Map<string, Pending | null>();
  readonly #silentMs: number;
  #silence: NodeJS.Timeout | undefined;
  /** What is to be said once the process listens; null when it does. */
  #early: Request[] | null = [];
  /** Why it serves nobody. */
  #failure: GradstreamError | null = null;
  #requests = 0;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;

  constructor({ program, cwd, silentMs, ...start }: PredictorSettings) {
    this.#silentMs = silentMs;
    this.#process = new TrainerProcess(program, cwd);
    this.#process.listen({
      protocol: fromPredictorSchema,
      onMessage: (message) => {
        if (message.type === 'ready') this.#begin(start);
        else this.#accept(message);
      },
      onViolation: (error) => {
        this.#violated(error.message.slice(0, 500), error);
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

  /** The answer for rows. Throws what the trainer said of them, what became of it, and PREDICTION_TIMEOUT at the deadline. */
  async predict(rows: PredictionRow[], deadline: AbortSignal): Promise<Predicted> {
    return this.#expect('predicted', await this.#ask((id) => ({ type: 'predict', id, rows }), deadline));
  }

  /** Names of the files that a page needs, of which the folder has the index. Throws as `predict`. */
  async locate(page: LocalPage, deadline: AbortSignal): Promise<string[]> {
    return this.#expect('located', await this.#ask((id) => ({ type: 'locate', id, page }), deadline)).files;
  }

  /** The answer for a page, whose files the folder has. Throws as `predict`. */
  async predictPage(page: LocalPage, deadline: AbortSignal): Promise<Predicted> {
    return this.#expect('predicted', await this.#ask((id) => ({ type: 'predictPage', id, page }), deadline));
  }

  kill(): void {
    this.#process.kill();
  }

  async #ask(
    requestOf: (id: string) => Request,
    deadline: AbortSignal,
  ): Promise<Said<'predicted' | 'located'>> {
    if (this.#failure) throw this.#failure;
    if (deadline.aborted) throw tooLate();
    const id = String(++this.#requests);
    return new Promise((resolve, reject) => {
      // The process works on it all the same, and others wait for that: what it took is not forgotten.
      const giveUp = (): void => {
        this.#pending.set(id, null);
        reject(tooLate());
      };
      deadline.addEventListener('abort', giveUp, { once: true });
      const settled = (): void => {
        deadline.removeEventListener('abort', giveUp);
      };
      this.#pending.set(id, {
        resolve: (answer) => {
          settled();
          resolve(answer);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      });
      this.#silence ??= this.#watch();
      // Waits in the channel while the weights are loaded.
      if (this.#early) this.#early.push(requestOf(id));
      else this.#process.send(requestOf(id));
    });
  }

  #watch(): NodeJS.Timeout {
    return setTimeout(() => {
      this.#fail(new LostPredictor());
      this.kill();
    }, this.#silentMs);
  }

  #begin(start: Omit<StartServing, 'type'>): void {
    this.#process.send({ type: 'serve', ...start });
    for (const request of this.#early ?? []) this.#process.send(request);
    this.#early = null;
  }

  #accept(message: Exclude<FromPredictor, { type: 'ready' }>): void {
    if (message.type === 'failed') {
      this.#fail(errorOf(message));
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    clearTimeout(this.#silence);
    this.#silence = this.#pending.size > 0 && !this.#failure ? this.#watch() : undefined;
    if (message.type === 'refused') pending?.reject(errorOf(message));
    else pending?.resolve(message);
  }

  #expect<T extends 'predicted' | 'located'>(type: T, said: FromPredictor): Said<T> {
    if (said.type === type) return said as Said<T>;
    throw this.#violated(`"${said.type}" instead of "${type}"`);
  }

  #violated(what: string, cause?: unknown): GradstreamError {
    const detail = `The process that predicts said something that its worker does not understand: ${what}`;
    const error = new GradstreamError('TRAINER_PROTOCOL', detail, { cause });
    this.#fail(error);
    this.kill();
    return error;
  }

  /** Ends all requests, with the first reason that there was. */
  #fail(error: GradstreamError): void {
    clearTimeout(this.#silence);
    this.#failure ??= error;
    for (const pending of this.#pending.values()) pending?.reject(this.#failure);
    this.#pending.clear();
  }
}

const errorOf = ({ code, message, errors }: Said<'refused' | 'failed'>): GradstreamError =>
  new GradstreamError(code, message, { errors });
