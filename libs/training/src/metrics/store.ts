// What the host keeps of an epoch: numbers that steps computed, added up in float64, and written to JSON for a resume.

import { fromWireNumber, toWireNumber, type WireNumber } from '@gradstream/contracts';

/** What a metric keeps between steps. */
export interface Store {
  /** Adds what one step computed. */
  add(values: Float32Array): void;
  reset(): void;
  /** A JSON value from which `restore` makes the same state, to the last bit. */
  state(): unknown;
  restore(state: unknown): void;
}

/** A state that was not written by the same metric. */
export const foreignState = (what: string): Error =>
  new Error(`the saved state of a metric is not ${what}: it was written for other metrics or outputs`);

/** float64 numbers as JSON; NaN and infinities are strings. */
export const numbersToJson = (numbers: Float64Array): WireNumber[] => Array.from(numbers, toWireNumber);

/** The numbers of such a JSON value; throws when they are not as many. */
export function numbersFromJson(state: unknown, count: number): Float64Array {
  if (!Array.isArray(state) || state.length !== count) throw foreignState(`a list of ${count} numbers`);
  return Float64Array.from(state as WireNumber[], fromWireNumber);
}

/** Sums, each by its place. */
export class Sums implements Store {
  readonly values: Float64Array;

  constructor(length: number) {
    this.values = new Float64Array(length);
  }

  add(values: Float32Array): void {
    values.forEach((value, index) => (this.values[index] = (this.values[index] ?? 0) + value));
  }

  reset(): void {
    this.values.fill(0);
  }

  state(): unknown {
    return numbersToJson(this.values);
  }

  restore(state: unknown): void {
    this.values.set(numbersFromJson(state, this.values.length));
  }

  /** The sum at a place. */
  at(index: number): number {
    return this.values[index] ?? 0;
  }
}
