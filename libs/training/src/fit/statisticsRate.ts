// How often the norms of layers' gradients are told where their cost decides: at most 3 % of a training's time.

import { z } from 'zod';

/** The part of the time that norms may cost. */
const SHARE = 0.03;
/** Pairs of calls, one with norms and one without, whose times are compared; the median of noisy ones is near enough. */
const PAIRS = 31;
/** Pairs before them, in which both forms are captured and warm up. */
const WARM_UP = 2;
/** What may be chosen: every so many calls. */
const RATES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

const chosenRateSchema = z.strictObject({ every: z.int().min(1), cost: z.number() });

/**
 * What was measured and chosen: norms are told each `every` calls, of one call each step has them; a call with them takes
 * longer than one without by a factor of 1 + `cost`.
 */
export type ChosenRate = Readonly<z.infer<typeof chosenRateSchema>>;

/** The rate at which a cost stays within the share. */
export function rateFor(cost: number): number {
  return RATES.find((every) => cost / every <= SHARE) ?? RATES.at(-1) ?? 1;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Measures while it tells norms at each second call, then keeps to what it chose. */
export class StatisticsRate {
  #chosen: ChosenRate | null = null;
  #without: number | null = null;
  readonly #ratios: number[] = [];

  /** Goes on with what was chosen before a stop; measures where nothing was. */
  restore(saved: unknown): void {
    this.#chosen = chosenRateSchema.nullable().catch(null).parse(saved);
  }

  get chosen(): ChosenRate | null {
    return this.#chosen;
  }

  /** Whether a call tells norms, by its place in the epoch. */
  isDue(call: number): boolean {
    const every = this.#chosen?.every ?? 2;
    return call % every === every - 1;
  }

  /** Takes the time of a call in; returns the choice when this made it. */
  add(told: boolean, milliseconds: number): ChosenRate | null {
    if (this.#chosen) return null;
    if (!told) {
      this.#without = milliseconds;
      return null;
    }
    if (this.#without === null) return null;
    this.#ratios.push(milliseconds / this.#without);
    this.#without = null;
    if (this.#ratios.length < WARM_UP + PAIRS) return null;
    const cost = median(this.#ratios.slice(WARM_UP)) - 1;
    this.#chosen = { every: rateFor(cost), cost };
    return this.#chosen;
  }
}
