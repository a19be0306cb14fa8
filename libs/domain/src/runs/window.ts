// The newest frames of a source in memory, for all followers that have caught up with it.

import type { FrameRow, Rewind } from '@gradstream/data';
import type { Slice } from './slices.js';

/** Numbers that count as one frame more: those of 200 layers take 100 times the memory of those of a loss. */
const NUMBERS_OF_A_FRAME = 10;

/** What a frame counts. */
const weightOf = ({ values }: FrameRow): number => 1 + Math.floor(values.length / NUMBERS_OF_A_FRAME);

/** Holds every frame of the source in (from, to], as far as no rewind took it back. */
export class FrameWindow {
  #from: number;
  #to: number;
  #rows: FrameRow[] = [];
  #rewinds: Rewind[] = [];
  /** What the rows count. */
  #weight = 0;
  #done = false;

  /** `size`: how many frames of few numbers are kept at least; fewer when they have many. */
  constructor(
    afterSeq: number,
    private readonly size: number,
  ) {
    this.#from = afterSeq;
    this.#to = afterSeq;
  }

  get to(): number {
    return this.#to;
  }

  get done(): boolean {
    return this.#done;
  }

  /** Takes in what was read after `to`. */
  add({ rows, rewinds, toSeq, done }: Slice): void {
    if (rewinds.length > 0) {
      // What was held may have been taken back: followers that have not read it find out from Postgres.
      this.#from = this.#to;
      this.#rows = [];
      this.#weight = 0;
      this.#rewinds = [...rewinds];
    }
    this.#rows.push(...rows);
    this.#to = toSeq;
    this.#done = done;
    for (const row of rows) this.#weight += weightOf(row);
    // Cut in large steps, for each costs a copy.
    if (this.#weight > 2 * this.size) {
      let count = 0;
      for (const row of this.#rows) {
        if (this.#weight <= this.size) break;
        this.#weight -= weightOf(row);
        count++;
      }
      const dropped = this.#rows.splice(0, count).at(-1);
      this.#from = Math.max(this.#from, dropped?.seq ?? 0);
      this.#rewinds = this.#rewinds.filter(({ seq }) => seq > this.#from);
    }
  }

  /** What follows a place, as Postgres would tell it; null when the window begins later. */
  after(afterSeq: number, limit: number): Slice | null {
    if (afterSeq < this.#from) return null;
    const rows = this.#rows.filter(({ seq }) => seq > afterSeq).slice(0, limit);
    const full = rows.length === limit;
    const toSeq = full ? (rows.at(-1)?.seq ?? afterSeq) : Math.max(afterSeq, this.#to);
    const rewinds = this.#rewinds.filter(({ seq }) => seq > afterSeq && seq <= toSeq);
    return { rows, rewinds, toSeq, full, done: this.#done && !full };
  }
}
