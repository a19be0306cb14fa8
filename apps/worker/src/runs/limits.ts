// How long an attempt's work may go on after a stop was asked for: signals that abort it, part by part.

import type { StopCause } from './outcome.js';

/** How long checkpoints may take to be stored when the trainer has stopped, in ms. */
const UPLOAD_MS = 3000;
/** How long a shutdown may take until nothing more is written but that the run is given back, in ms. */
const WRITE_MS = 12_000;
/** And until that is no longer tried: the run is then taken on when its worker counts as dead. */
const GIVE_BACK_MS = 14_000;

export class AttemptLimits {
  readonly #preparing = new AbortController();
  readonly #uploading = new AbortController();
  readonly #writing = new AbortController();
  readonly #concluding = new AbortController();
  readonly #timers: NodeJS.Timeout[] = [];
  #stopping = false;
  #trainerEnded = false;

  /** Aborts fetching the dataset: at any stop, at once. */
  get preparing(): AbortSignal {
    return this.#preparing.signal;
  }

  /** Aborts storing checkpoints: shortly after a trainer that was to stop has ended. */
  get uploading(): AbortSignal {
    return this.#uploading.signal;
  }

  /** Aborts trying to store frames and rows: late in a shutdown. */
  get writing(): AbortSignal {
    return this.#writing.signal;
  }

  /** Aborts trying to write the end: at the end of a shutdown. */
  get concluding(): AbortSignal {
    return this.#concluding.signal;
  }

  /**
   * Notes that a stop was asked for. A shutdown bounds everything, a cancel the uploads alone; a pause and a limit of
   * time bound nothing.
   */
  stop(cause: StopCause): void {
    this.#preparing.abort();
    if (cause === 'pause' || typeof cause === 'object') return;
    this.#stopping = true;
    this.#boundUploads();
    if (cause !== 'shutdown') return;
    this.#after(WRITE_MS, this.#uploading, this.#writing);
    this.#after(GIVE_BACK_MS, this.#concluding);
  }

  /** Notes that the trainer has ended. */
  trainerEnded(): void {
    this.#trainerEnded = true;
    this.#boundUploads();
  }

  /** Aborts all at once: the run is no longer ours. */
  abandon(): void {
    for (const part of [this.#preparing, this.#uploading, this.#writing, this.#concluding]) part.abort();
  }

  /** The attempt is over. */
  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #boundUploads(): void {
    if (this.#stopping && this.#trainerEnded) this.#after(UPLOAD_MS, this.#uploading);
  }

  #after(ms: number, ...parts: AbortController[]): void {
    this.#timers.push(
      setTimeout(() => {
        for (const part of parts) part.abort();
      }, ms),
    );
  }
}
