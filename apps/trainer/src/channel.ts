// The trainer's side of the channel to the worker. Frames are sent in batches; when the worker is slow, training waits.

import type { FromTrainer, NewFrame } from '@gradstream/contracts';
import { post } from './post.js';

/**
 * Between two batches of frames, in ms. Each is a transaction of the worker's, which takes it and Postgres some 5 ms of a
 * processor however few frames it has: five a second would be 1 % of two.
 */
const FLUSH_MS = 400;
/** Frames of a batch at most. */
const BATCH = 1000;
/** Frames that may wait before training does. */
const HIGH_WATER = 2000;

export class Channel {
  #frames: NewFrame[] = [];
  #inFlight = 0;
  #held = false;
  #timer: NodeJS.Timeout | null = null;
  #flushedAt = Number.NEGATIVE_INFINITY;
  #waiting: (() => void)[] = [];

  /** Sends a message, after all frames that came before it; resolves when the channel has taken it. */
  async send(message: FromTrainer): Promise<void> {
    this.flush();
    await post(message);
  }

  /** Adds a frame to the next batch; one that comes after a pause is sent at once. */
  addFrame(frame: NewFrame): void {
    this.#frames.push(frame);
    if (this.#frames.length >= BATCH) this.flush();
    else
      this.#timer ??= setTimeout(
        () => {
          this.flush();
        },
        Math.max(0, this.#flushedAt + FLUSH_MS - performance.now()),
      );
  }

  /** Sends what waits. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#frames.length === 0) return;
    this.#flushedAt = performance.now();
    const frames = this.#frames;
    this.#frames = [];
    this.#inFlight += frames.length;
    void post({ type: 'frames', frames }).finally(() => {
      this.#inFlight -= frames.length;
      this.#wake();
    });
  }

  /** Holds training before its next step, or lets it go on. */
  hold(held: boolean): void {
    this.#held = held;
    this.#wake();
  }

  /** Resolves when few enough frames are on their way, and the worker does not hold us. */
  async ready(): Promise<void> {
    while (this.#isFull()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #isFull(): boolean {
    return this.#held || this.#inFlight >= HIGH_WATER;
  }

  #wake(): void {
    if (!this.#isFull()) for (const wake of this.#waiting.splice(0)) wake();
  }
}
