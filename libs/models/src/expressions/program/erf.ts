// The error function in float64.

const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);
/** Beyond it the continued fraction takes fewer terms than the series. */
const SERIES_LIMIT = 3;
const FRACTION_TERMS = 60;

/** Abramowitz and Stegun 7.1.6: all terms are positive, so nothing cancels. */
function series(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 1e-17; n += 1) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return TWO_OVER_SQRT_PI * Math.exp(-x * x) * sum;
}

/** 1 − erf, by the continued fraction of Abramowitz and Stegun 7.1.14. */
function complement(x: number): number {
  let tail = x;
  for (let n = FRACTION_TERMS; n > 0; n -= 1) tail = x + n / 2 / tail;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail;
}

/** erf(x) within 1e-15. */
export function erf(x: number): number {
  if (Number.isNaN(x) || x === 0) return x;
  const size = Math.abs(x);
  const value = size < SERIES_LIMIT ? series(size) : 1 - complement(size);
  return Math.sign(x) * value;
}
