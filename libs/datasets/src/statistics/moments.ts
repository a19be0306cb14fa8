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

  /** NaN when nothing was added. */
  get std(): number {
    return this.count === 0 ? NaN : Math.sqrt(this.#squares / this.count);
  }
}
