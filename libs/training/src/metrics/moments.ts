// Mean, spread and residual of targets over an epoch, for R².

import { numbersFromJson, numbersToJson, type Store } from './store.js';

/**
 * From a step: weight w, then for each unit the weighted mean of the targets, the sum of squares around it, and the sum
 * of squared errors. Parts are merged as Chan, Golub and LeVeque (1983) do, so that a large mean costs no digits.
 */
export class Moments implements Store {
  #weight = 0;
  readonly #mean: Float64Array;
  readonly #squares: Float64Array;
  readonly #errors: Float64Array;

  constructor(private readonly units: number) {
    this.#mean = new Float64Array(units);
    this.#squares = new Float64Array(units);
    this.#errors = new Float64Array(units);
  }

  /** The length of what a step gives. */
  get length(): number {
    return 1 + 3 * this.units;
  }

  add(values: Float32Array): void {
    const { units } = this;
    const weight = values[0] ?? 0;
    if (weight === 0) return;
    const total = this.#weight + weight;
    for (let unit = 0; unit < units; unit++) {
      const [mean = 0, squares = 0] = [this.#mean[unit], this.#squares[unit]];
      const difference = (values[1 + unit] ?? 0) - mean;
      this.#mean[unit] = mean + (difference * weight) / total;
      const between = (difference * difference * this.#weight * weight) / total;
      this.#squares[unit] = squares + (values[1 + units + unit] ?? 0) + between;
      this.#errors[unit] = (this.#errors[unit] ?? 0) + (values[1 + 2 * units + unit] ?? 0);
    }
    this.#weight = total;
  }

  reset(): void {
    this.#weight = 0;
    for (const part of [this.#mean, this.#squares, this.#errors]) part.fill(0);
  }

  state(): unknown {
    return numbersToJson(Float64Array.of(this.#weight, ...this.#mean, ...this.#squares, ...this.#errors));
  }

  restore(state: unknown): void {
    const { units } = this;
    const numbers = numbersFromJson(state, this.length);
    this.#weight = numbers[0] ?? 0;
    this.#mean.set(numbers.subarray(1, 1 + units));
    this.#squares.set(numbers.subarray(1 + units, 1 + 2 * units));
    this.#errors.set(numbers.subarray(1 + 2 * units));
  }

  /** By unit: the sum of squares of targets around their mean, and the sum of squared errors. NaN before any sample. */
  parts(): { squares: number; errors: number }[] {
    return Array.from(this.#squares, (squares, unit) =>
      this.#weight === 0
        ? { squares: Number.NaN, errors: Number.NaN }
        : { squares, errors: this.#errors[unit] ?? 0 },
    );
  }
}
