/** A list that keeps evenly spread entries of all that were added, at most so many, and always the last one. */
export class Thinned<Entry> {
  #kept: Entry[] = [];
  #last: Entry | undefined;
  #stride = 1;
  #added = 0;

  constructor(private readonly most: number) {}

  add(entry: Entry): void {
    if (this.#added++ % this.#stride === 0) this.#kept.push(entry);
    this.#last = entry;
    if (this.#kept.length < this.most) return;
    this.#kept = this.#kept.filter((_, at) => at % 2 === 0);
    this.#stride *= 2;
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
}
