// Plain float64 forms of what the ops compute, written from the formulas, one element at a time.

import type { Values } from './check.js';

/** An element; NaN outside, so that a wrong index shows. */
export const at = (values: Values, index: number): number => values[index] ?? Number.NaN;

export const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

export const sum = (values: Values): number => values.reduce((total, value) => total + value, 0);

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** erf by its Taylor series; exact to about 1e-13 for |x| < 3. */
export function erf(x: number): number {
  let term = x;
  let total = x;
  for (let n = 1; n < 100; n++) {
    term *= (-x * x) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}

/** Rows of a table. */
export const rowsOf = (values: Values, width: number): number[][] =>
  range(values.length / width).map((row) => values.slice(row * width, (row + 1) * width));

/** a [n, k] · b [k, m]. */
export const product = (a: Values, b: Values, k: number): number[] => {
  const m = b.length / k;
  return rowsOf(a, k).flatMap((row) =>
    range(m).map((j) => sum(row.map((value, i) => value * at(b, i * m + j)))),
  );
};

/** The transpose of a table of rows. */
export const transposed = (values: Values, width: number): number[] =>
  range(width).flatMap((column) => rowsOf(values, width).map((row) => at(row, column)));

export function softmax(row: Values): number[] {
  const powers = row.map((value) => Math.exp(value - Math.max(...row)));
  return powers.map((power) => power / sum(powers));
}

/** A row with mean 0 and variance 1 (as a population). */
export function normalized(row: Values, epsilon: number): number[] {
  const mean = sum(row) / row.length;
  const variance = sum(row.map((value) => (value - mean) ** 2)) / row.length;
  return row.map((value) => (value - mean) / Math.sqrt(variance + epsilon));
}
