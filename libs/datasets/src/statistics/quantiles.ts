// Quantiles of a stream in bounded memory, by the collapsing buffers of Manku, Rajagopalan and Lindsay (Approximate
// medians and other quantiles in one pass and with limited memory, SIGMOD 1998).

/** Sorts a buffer of two sorted halves: what comes up from below is sorted, half a buffer at a time. */
function mergeHalves(values: Float64Array, spare: Float64Array): void {
  const half = values.length / 2;
  spare.set(values);
  let [left, right] = [0, half];
  for (let at = 0; at < values.length; at++) {
    const [a, b] = [spare[left] ?? NaN, spare[right] ?? NaN];
    const takeLeft = right >= values.length || (left < half && a <= b);
    values[at] = takeLeft ? a : b;
    if (takeLeft) left++;
    else right++;
  }
}

/**
 * A buffer of level l holds numbers that stand for 2^l each. A full one is sorted, and every second number of it goes one
 * level up, the first and the second of each pair by turns; that moves a rank by 2^l at most. Level l is emptied n / (size ·
 * 2^l) times, so that a rank is off by no more than levels / size of n: with 8,192 numbers a buffer, by 0.2 % of 10^9
 * numbers. Memory: a buffer a level, and one more.
 */
export class QuantileSketch {
  readonly #levels: { values: Float64Array; used: number; odd: boolean }[] = [];
  readonly #spare: Float64Array;
  #count = 0;

  /** @param size numbers in a buffer, even; up to as many, quantiles are exact */
  constructor(private readonly size: number) {
    this.#spare = new Float64Array(size);
  }

  add(value: number): void {
    this.#count++;
    this.#put(0, value);
  }

  /** The largest share of the numbers by which a rank may be off. */
  get rankError(): number {
    return Math.max(0, this.#levels.length - 1) / this.size;
  }

  /** The value below which each share of the numbers lies, by the nearest rank; null when nothing was added. */
  at(shares: readonly number[]): number[] | null {
    if (this.#count === 0) return null;
    const weighted = this.#levels.flatMap(({ values, used }, level) =>
      Array.from(values.subarray(0, used), (value) => ({ value, weight: 2 ** level })),
    );
    weighted.sort((a, b) => a.value - b.value);
    const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
    return shares.map((share) => {
      // 1e-9 keeps 0.1 × 10 from becoming a rank above 1.
      const rank = Math.max(1, Math.ceil(share * total - 1e-9));
      let seen = 0;
      for (const { value, weight } of weighted) {
        seen += weight;
        if (seen >= rank) return value;
      }
      return weighted.at(-1)?.value ?? NaN;
    });
  }

  #put(level: number, value: number): void {
    let buffer = this.#levels[level];
    if (buffer === undefined) {
      buffer = { values: new Float64Array(this.size), used: 0, odd: false };
      this.#levels.push(buffer);
    }
    if (buffer.used === this.size) {
      if (level === 0) buffer.values.sort();
      else mergeHalves(buffer.values, this.#spare);
      for (let at = buffer.odd ? 1 : 0; at < this.size; at += 2) this.#put(level + 1, buffer.values[at] ?? 0);
      buffer.odd = !buffer.odd;
      buffer.used = 0;
    }
    buffer.values[buffer.used++] = value;
  }
}
