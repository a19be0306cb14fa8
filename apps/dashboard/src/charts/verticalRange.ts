// The vertical range of a chart as its points grow: it follows them, or it stays where its reader locked it.

import { rangeOf } from './lines.js';

type Range = readonly [number, number];

/** What of a chart its range depends on. */
export interface Sight {
  /** Lowest and highest of what is drawn, above 0 on a logarithmic axis; null where nothing is drawn. */
  readonly reach: Range | null;
  /** How many points its longest line has, in sight or not. */
  readonly points: number;
  readonly isLog: boolean;
  readonly isLocked: boolean;
}

/** With so many points, a chart that was opened locked stays at their range; with fewer, its range widens. */
const SETTLED = 30;

/** The range that a locked chart stays at, or that it had last; one for each kind of axis, for a linear one may begin below 0. */
interface Kept {
  readonly range: Range;
  readonly isSettled: boolean;
  readonly reach: Range;
}

export class VerticalRange {
  #linear: Kept | null = null;
  #log: Kept | null = null;
  /** Whether it was shown unlocked: then it is locked by its reader, to what is seen. */
  #wasFree = false;

  next({ reach, points, isLog, isLocked }: Sight): Range {
    const kept = isLog ? this.#log : this.#linear;
    if (isLocked && kept?.isSettled) return kept.range;
    if (!isLocked) [this.#linear, this.#log, this.#wasFree] = [null, null, true];
    if (reach === null) return (isLocked && kept?.range) || rangeOf(null, isLog);
    const whole = isLocked && kept ? union(kept.reach, reach) : reach;
    const isSettled = this.#wasFree || points >= SETTLED;
    const made: Kept = { range: rangeOf(whole, isLog), reach: whole, isSettled };
    if (isLog) this.#log = made;
    else this.#linear = made;
    return made.range;
  }
}

const union = (one: Range, other: Range): Range => [Math.min(one[0], other[0]), Math.max(one[1], other[1])];
