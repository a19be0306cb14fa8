/** Four 32-bit integers, not all zero. */
export type XoshiroState = readonly [number, number, number, number];

const rotateLeft = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/**
 * xoshiro128** 1.1 (Blackman and Vigna, Scrambled linear pseudorandom number generators, ACM TOMS 47(4), 2021): unsigned
 * 32-bit integers, one after the other.
 */
export function xoshiro128(state: XoshiroState): () => number {
  let [a, b, c, d] = state;
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
}
