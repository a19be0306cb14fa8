// Host data: random epochs for timing, and the deterministic weights and batches by which peers are compared.

import { sizeOf } from './workloads.mjs';

/** @typedef {import('./workloads.mjs').Workload} Workload */
/** @typedef {{ x: Float32Array | Int32Array, y: Int32Array }} Samples */

/** A small generator of uniform numbers in [0, 1): xorshift32 (Marsaglia, J. Stat. Soft. 8(14), 2003). */
function uniformFrom(/** @type {number} */ seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Fresh samples: standard normal by Box and Muller, or uniform tokens. @returns {Samples} */
export function randomSamples(
  /** @type {Workload} */ { input, vocabulary, classes },
  /** @type {number} */ count,
) {
  const random = uniformFrom(count);
  const size = sizeOf(input) * count;
  const y = Int32Array.from({ length: count }, () => Math.floor(random() * classes));
  if (vocabulary !== null)
    return { x: Int32Array.from({ length: size }, () => Math.floor(random() * vocabulary)), y };
  const x = new Float32Array(size);
  for (let i = 0; i < size; i++)
    x[i] = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return { x, y };
}

/** murmur3's finalizer over (index, stream), as the peers use it. @returns {Uint32Array} */
function hash(/** @type {number} */ count, /** @type {number} */ stream) {
  const out = new Uint32Array(count);
  const salt = Math.imul(stream + 1, 2246822519) >>> 0;
  for (let i = 0; i < count; i++) {
    let h = (Math.imul(i + 1, 2654435761) ^ salt) >>> 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) >>> 0;
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0;
    out[i] = (h ^ (h >>> 16)) >>> 0;
  }
  return out;
}

/** The check's weights: tensor number k. @returns {Float32Array} */
export function fill(/** @type {number} */ k, /** @type {string} */ name, /** @type {number[]} */ shape) {
  const size = sizeOf(shape);
  const leaf = name.split('/').at(-1) ?? '';
  const scale = Math.sqrt(3 / (size / (shape.at(-1) ?? 1)));
  return Float32Array.from(hash(size, k), (h) => {
    const v = (h / 2 ** 32) * 2 - 1;
    if (leaf === 'gamma') return 1 + 0.1 * v;
    if (shape.length === 1) return 0.1 * v;
    return leaf === 'embeddings' ? 0.5 * v : v * scale;
  });
}

/** The check's batch of a step, from 0. @returns {Samples} */
export function checkBatch(
  /** @type {Workload} */ { input, vocabulary, classes, batch },
  /** @type {number} */ step,
) {
  const h = hash(sizeOf(input) * batch, 1000 + step);
  const x =
    vocabulary !== null
      ? Int32Array.from(h, (value) => value % vocabulary)
      : Float32Array.from(h, (value) => ((value / 2 ** 32) * 2 - 1) * Math.sqrt(3));
  return { x, y: Int32Array.from(hash(batch, 2000 + step), (value) => value % classes) };
}
