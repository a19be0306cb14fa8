// The moving average that TensorBoard draws: exponential, without the bias of its start (Kingma & Ba 2015, section 3).

import type { Points } from './points.js';

/**
 * Averages of a series that grows: what was added since the last time is all that is computed. With weight w and values
 * y: m_t = w m_(t-1) + (1 - w) y_t, shown as m_t / (1 - w^t). What is not finite is shown as it is, and left out. A point that
 * stands for n values is n steps of their mean, so that a long run is smoothed by its steps, however few points it has.
 */
export class Smoother {
  #values = new Float64Array(0);
  #length = 0;
  #revision = -1;
  #sum = 0;
  #count = 0;
  #shown = NaN;

  constructor(
    private readonly points: Points,
    /** From 0 (the series itself) to below 1. */
    readonly weight: number,
  ) {}

  /** One average for each point; a view that is good until the next call. */
  values(): Float64Array {
    const { values: raw, means, counts, revision } = this.points;
    if (revision !== this.#revision || raw.length < this.#length) {
      [this.#length, this.#sum, this.#count, this.#revision] = [0, 0, 0, revision];
      this.#shown = NaN;
    }
    if (this.#values.length < raw.length) {
      const grown = new Float64Array(2 * raw.length);
      grown.set(this.#values.subarray(0, this.#length));
      this.#values = grown;
    }
    for (; this.#length < raw.length; this.#length++)
      this.#values[this.#length] = this.#next(means[this.#length] ?? NaN, counts[this.#length] ?? 0);
    return this.#values.subarray(0, this.#length);
  }

  #next(mean: number, count: number): number {
    if (count === 0) return this.#shown; // Its part has been told of.
    if (!Number.isFinite(mean)) return mean;
    this.#count += count;
    const kept = this.weight ** count;
    this.#sum = this.#sum * kept + (1 - kept) * mean;
    return (this.#shown = this.#sum / (1 - this.weight ** this.#count));
  }
}
