// Seeds of the network's random numbers: hashes of (seed, stream, position), so that no two of them share numbers.

import { splitmix64, streamKey } from '@gradstream/datasets';

/** Streams beside those of the data: split 1, epochs from 1000 on. */
const WEIGHT_STREAM = 2;
const STEP_STREAM = 3;

/** What TensorFlow's stateless random ops take: two 32-bit integers. */
export type Seed = readonly [number, number];

function seedOf(seed: number, stream: number, position: number): Seed {
  const key = splitmix64(streamKey(seed, stream), BigInt(position) + 1n);
  return [Number(BigInt.asIntN(32, key)), Number(BigInt.asIntN(32, key >> 32n))];
}

/** The seed of the initial values of a network's weight, by its place among all of them. */
export const weightSeed = (seed: number, weight: number): Seed => seedOf(seed, WEIGHT_STREAM, weight);

/** The seed of a step's random numbers; each call of a layer adds its own number to the second integer. */
export const stepSeed = (seed: number, step: number): Seed => seedOf(seed, STEP_STREAM, step);
