interface AtStep {
  readonly step: number;
}

/**
 * A list that keeps entries at even distances of steps, at most so many, and always the last one, however many were added
 * between them: a history in large strides and what is live after it become one picture in which time is not distorted.
 * Steps rise.
 */
export class Thinned<Entry extends AtStep> {
  #kept: Entry[] = [];
  #last: Entry | undefined;
  /** The smallest distance of two steps so far. */
  #closest = Infinity;
  /** How many steps have one entry; 0 as long as all are kept, and then the closest ones times a power of 2. */
  #gap = 0;

  constructor(private readonly most: number) {}

  add(entry: Entry): void {
    const [first = entry] = this.#kept;
    const distance = entry.step - (this.#last?.step ?? -Infinity);
    this.#last = entry;
    if (distance > 0 && distance < this.#closest) this.#closest = distance;
    if (this.#gap > 0 || this.#kept.length >= this.most) this.#widen(entry.step - first.step);
    this.#keepFirst(entry);
  }

  /** Forgets the entries that `isKept` refuses. */
  keep(isKept: (entry: Entry) => boolean): void {
    this.#kept = this.#kept.filter(isKept);
    if (this.#last !== undefined && !isKept(this.#last)) this.#last = this.#kept.at(-1);
  }

  entries(): readonly Entry[] {
    const last = this.#last;
    return last === undefined || this.#kept.at(-1) === last ? this.#kept : [...this.#kept, last];
  }

  /** Makes the distances so wide that so many steps have no more entries than are kept. */
  #widen(steps: number): void {
    let gap = this.#gap || this.#closest;
    while (steps / gap >= this.most) gap *= 2;
    if (gap === this.#gap) return;
    this.#gap = gap;
    const before = this.#kept;
    this.#kept = [];
    for (const entry of before) this.#keepFirst(entry);
  }

  /** Keeps an entry that is the first one of its stretch. */
  #keepFirst(entry: Entry): void {
    const [first] = this.#kept;
    const newest = this.#kept.at(-1);
    const stretchOf = ({ step }: Entry): number => Math.floor((step - (first?.step ?? 0)) / this.#gap);
    if (newest === undefined || this.#gap === 0 || stretchOf(newest) < stretchOf(entry))
      this.#kept.push(entry);
  }
}
