/**
 * Count, extremes, mean and population standard deviation of a stream of numbers, in float64 by Welford's method
 * (Technometrics 4(3), 1962): the deviation does not lose its digits when the mean is large.
 */
export class Moments {
  count = 0;
  min = Infinity;
  max = -Infinity;
  mean = 0;
  #squares = 0;

  add(value: number): void {
    this.count++;
    const delta = value - this.mean;
    this.mean += delta / this.count;
    this.#squares += delta * (value - this.mean);
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  /**
   * Adds numbers of an array, those at `from` … `to` - 1, and is several times faster than one by one: their own moments
   * first, then joined (Chan, Golub and LeVeque, Updating formulae and a pairwise algorithm, 1979). False when one of them is
   * not finite; then none is added.
   */
  addAll(values: ArrayLike<number>, from: number, to: number): boolean {
    const count = to - from;
    if (count === 0) return true;
    let [sum, min, max] = [0, Infinity, -Infinity];
    for (let at = from; at < to; at++) {
      const value = values[at] ?? 0;
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    if (!Number.isFinite(sum)) return false;
    const mean = sum / count;
    let squares = 0;
    for (let at = from; at < to; at++) squares += ((values[at] ?? 0) - mean) ** 2;
    const total = this.count + count;
    const delta = mean - this.mean;
    this.#squares += squares + (delta * delta * this.count * count) / total;
    this.mean += (delta * count) / total;
    this.count = total;
    this.min = Math.min(this.min, min);
    this.max = Math.max(this.max, max);
    return true;
  }

  /** NaN when nothing was added. */
  get std(): number {
    return this.count === 0 ? NaN : Math.sqrt(this.#squares / this.count);
  }
}
