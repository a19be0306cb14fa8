/**
 * The smallest of some numbers that is not below a share of them (nearest rank); NaN of none.
 * @param {readonly number[]} numbers in any order
 * @param {number} share from 0 to 1
 */
export function quantile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
