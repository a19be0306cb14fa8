/** How many of the values are shown. */
const MAX_TOP = 100;

/** How often each value occurs, as long as there are few; beyond that nothing is kept. */
export class ValueCounts<T extends string | number> {
  #counts: Map<T, number> | null = new Map();

  constructor(private readonly maxDistinct: number) {}

  add(value: T): void {
    const counts = this.#counts;
    if (counts === null) return;
    counts.set(value, (counts.get(value) ?? 0) + 1);
    if (counts.size > this.maxDistinct) this.#counts = null;
  }

  /** Counts no more, and keeps nothing. */
  stop(): void {
    this.#counts = null;
  }

  /** Null when there are more than are counted, or counting was stopped. */
  get distinct(): number | null {
    return this.#counts?.size ?? null;
  }

  /** The most frequent first; of the same count, the smaller value first. */
  get top(): { value: string; count: number }[] {
    return topOf(this.#counts ?? []);
  }
}

/** The most frequent values. */
export function topOf<T extends string | number>(
  counts: Iterable<[T, number]>,
): { value: string; count: number }[] {
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return sorted.slice(0, MAX_TOP).map(([value, count]) => ({ value: String(value), count }));
}
