/** The value at a share of the numbers, by nearest rank. */
export function quantile(/** @type {readonly number[]} */ numbers, /** @type {number} */ share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Milliseconds since 1970, the same in all processes of a machine, with fractions. */
export const now = () => performance.timeOrigin + performance.now();
