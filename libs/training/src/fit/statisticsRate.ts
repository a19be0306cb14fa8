// How often the norms of layers' gradients are told where their cost decides: at most 3 % of a training's time.

import { z } from 'zod';

/** The part of the time that norms may cost. */
const SHARE = 0.03;
/** Calls with norms, and as many without, whose times are compared: the median of noisy ones is near enough. */
const COUNT = 31;
/** What may be chosen: every so many calls. */
const RATES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
/** The rate where none may be measured. */
const FIXED = 10;
/** In an epoch of fewer calls than this, no call is like another; each is then compared with itself in other epochs. */
const FEW_CALLS = 4;

const chosenRateSchema = z.strictObject({ every: z.int().min(1), cost: z.number() });

/**
 * What was measured and chosen: norms are told each `every` calls, of one call each step has them; a call with them takes
 * longer than one without by a factor of 1 + `cost`.
 */
export type ChosenRate = Readonly<z.infer<typeof chosenRateSchema>>;

/** Where a call stands. */
export interface CallPlace {
  /** From 0. */
  readonly epoch: number;
  /** In its epoch, from 0. */
  readonly place: number;
  /** Of an epoch. */
  readonly calls: number;
}

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
  readonly #times: { readonly with: number[]; readonly without: number[] } = { with: [], without: [] };

  /**
   * Without `measures` the rate is fixed: where calls with norms round otherwise than those without, time must not decide
   * which are which, or the same seed would not give the same weights.
   */
  constructor(private readonly measures: boolean) {}

  /** Goes on with what was chosen before a stop; measures where nothing was. Throws what zod throws. */
  restore(saved: unknown): void {
    this.#chosen = chosenRateSchema.nullish().parse(saved) ?? null;
  }

  /** What was measured and chosen; null where it was not. */
  get chosen(): ChosenRate | null {
    return this.#chosen;
  }

  /** Whether a call tells norms. */
  isDue({ epoch, place, calls }: CallPlace): boolean {
    // Each place of an epoch is measured with norms and without.
    if (this.measures && !this.#chosen) return (epoch + place) % 2 === 1;
    const every = this.#chosen?.every ?? FIXED;
    return (epoch * calls + place) % every === every - 1;
  }

  /** Takes the time of a step in; `isFull` says that no sample of its batches is missing. Returns the choice when this made it. */
  add(told: boolean, milliseconds: number, { place, calls }: CallPlace, isFull: boolean): ChosenRate | null {
    if (!this.measures || this.#chosen) return null;
    // The first call of an epoch has not been prepared while another ran.
    if (calls >= FEW_CALLS && (place === 0 || !isFull)) return null;
    this.#times[told ? 'with' : 'without'].push(milliseconds);
    const { with: those, without } = this.#times;
    if (Math.min(those.length, without.length) < COUNT) return null;
    const cost = median(those) / median(without) - 1;
    this.#chosen = { every: rateFor(cost), cost };
    return this.#chosen;
  }
}
