// From the request that makes a run to the first numbers at a client that follows it.

import { quantile } from './numbers.mjs';

/** @typedef {import('./system.mjs').System} System */
/** @typedef {import('@gradstream/sdk').NewRun} NewRun */

/**
 * Milliseconds of each of some runs, one after the other; the first one is of a worker that has done nothing yet.
 * @returns {Promise<number[]>}
 */
async function measure(
  /** @type {System} */ { client },
  /** @type {NewRun} */ spec,
  /** @type {number} */ count,
) {
  const times = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    const { id } = await client.runs.create(spec);
    let first = Number.NaN;
    for await (const { points } of client.runs.follow(id))
      if (points.length > 0 && Number.isNaN(first)) first = performance.now() - began;
    times.push(first);
  }
  return times;
}

/** Rows of the table. @returns {Promise<[string, string][]>} */
export async function measureStarts(
  /** @type {System} */ system,
  /** @type {NewRun} */ spec,
  /** @type {number} */ count,
) {
  const [cold = Number.NaN, ...warm] = await measure(system, { ...spec, epochs: 1 }, count + 1);
  const [median, p90] = [0.5, 0.9].map((share) => quantile(warm, share).toFixed(0));
  return [
    ['submit to first frame, first run of a worker', `${cold.toFixed(0)} ms`],
    [`submit to first frame, ${count} runs after it`, `median ${median} ms, p90 ${p90} ms`],
  ];
}
