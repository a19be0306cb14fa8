// Random numbers that are functions of (seed, stream, counter): nothing is kept between calls, so any of them can be
// had again after a stop.

import { xoshiro128 } from './xoshiro.js';

/** splitmix64's finalizer (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014). */
function mix(state: bigint): bigint {
  let z = BigInt.asUintN(64, state);
  z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
  z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
  return z ^ (z >> 31n);
}

const GOLDEN = 0x9e3779b97f4a7c15n;

/** The n-th 64-bit output of splitmix64 begun at `seed`, n from 1. */
export function splitmix64(seed: bigint, n: bigint): bigint {
  return mix(seed + n * GOLDEN);
}

/** A 64-bit key for a purpose. */
export function streamKey(seed: number, stream: number): bigint {
  return splitmix64(splitmix64(BigInt(seed), 1n), BigInt(stream) + 1n);
}

const low32 = (x: bigint): number => Number(BigInt.asUintN(32, x));

/**
 * A permutation of 0 … n-1, n below 2^32: Fisher and Yates's shuffle (Knuth, TAOCP 2, 3.4.2), driven by a generator that
 * the key seeds. An integer below a bound is the random fraction times the bound, whose bias is below bound / 2^32.
 */
export function permutation(n: number, key: bigint): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, index) => index);
  const [first, second] = [splitmix64(key, 1n), splitmix64(key, 2n)];
  const next = xoshiro128([low32(first), low32(first >> 32n), low32(second), low32(second >> 32n)]);
  for (let last = n - 1; last > 0; last--) {
    const other = Math.floor(next() * ((last + 1) / 2 ** 32));
    const kept = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
}
