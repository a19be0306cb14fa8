// Seeds of the network's random numbers: hashes of (seed, stream, position), so that no two of them share numbers.

import { splitmix64, streamKey } from '@gradstream/datasets';

/** Streams beside those of the data: split 1, epochs from 1000 on. */
const WEIGHT_STREAM = 2;
const DROPOUT_STREAM = 3;
/** Parameters that a layer has at most. */
const LAYER_PARAMETERS = 16;

/** What TensorFlow's stateless random ops take: two 32-bit integers. */
export type Seed = readonly [number, number];

function seedOf(seed: number, stream: number, position: number): Seed {
  const key = splitmix64(streamKey(seed, stream), BigInt(position) + 1n);
  return [Number(BigInt.asIntN(32, key)), Number(BigInt.asIntN(32, key >> 32n))];
}

/** The seed of a parameter's initial values. */
export const weightSeed = (seed: number, layer: number, parameter: number): Seed =>
  seedOf(seed, WEIGHT_STREAM, layer * LAYER_PARAMETERS + parameter);

/** The seed of a step's dropout; each layer adds its own number to the second integer. */
export const dropoutSeed = (seed: number, step: number): Seed => seedOf(seed, DROPOUT_STREAM, step);
