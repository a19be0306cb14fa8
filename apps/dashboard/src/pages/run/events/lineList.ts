// Lists that only grow, seen as they were at a moment.

/** What is read of a list: an array, or the beginning of one. */
export interface LineList<Line> extends Iterable<Line> {
  readonly length: number;
  /** The entry at an index from 0 on; undefined beyond the end. */
  at(index: number): Line | undefined;
}

/** The first entries of a list that others only add to: it stays what it is, and nothing is copied. */
export class Beginning<Line> implements LineList<Line> {
  constructor(
    private readonly all: readonly Line[],
    readonly length = all.length,
  ) {}

  at(index: number): Line | undefined {
    return index < this.length ? this.all[index] : undefined;
  }

  *[Symbol.iterator](): Iterator<Line> {
    for (let at = 0; at < this.length; at++) {
      const line = this.all[at];
      if (line !== undefined) yield line;
    }
  }
}
