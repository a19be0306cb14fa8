// From the request that makes a run to the first numbers at a client that follows it, by what the worker has ready.

import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../../../tools/lib/quantile.mjs';

/** @typedef {import('./system.mjs').System} System */
/** @typedef {import('@gradstream/sdk').NewRun} NewRun */

/** Long enough for a worker to load the next trainer. */
const REST_MS = 3000;

/** Milliseconds from the request to the first numbers; returns when the run has ended. */
async function start(/** @type {System} */ { client }, /** @type {NewRun} */ spec) {
  const began = performance.now();
  const { id } = await client.runs.create(spec);
  let first = Number.NaN;
  for await (const { points } of client.runs.follow(id))
    if (points.length > 0 && Number.isNaN(first)) first = performance.now() - began;
  const { state } = await client.runs.get(id);
  if (state !== 'succeeded' || Number.isNaN(first)) throw new Error(`${id} is ${state}, first at ${first}`);
  return first;
}

/** Rows of the table, on a worker that keeps a trainer warm; leaves one that keeps none. @returns {Promise<[string, string][]>} */
export async function measureStarts(
  /** @type {System} */ system,
  /** @type {NewRun} */ example,
  /** @type {{ warm: number, atOnce: number, cold: number }} */ { warm, atOnce, cold },
) {
  const spec = { ...example, epochs: 1 };
  /** Measures runs one after the other, each after a rest. @returns {Promise<[string, string]>} */
  const row = async (/** @type {string} */ what, /** @type {number} */ count, restMs = 0) => {
    const times = [];
    for (let i = 0; i < count; i++) {
      if (restMs > 0) await delay(restMs);
      times.push(await start(system, spec));
    }
    const [median, p90, worst] = [0.5, 0.9, 1].map((share) => quantile(times, share).toFixed(0));
    return [
      `submit to first frame, ${what}, n = ${count}`,
      `median ${median} ms, p90 ${p90} ms, worst ${worst} ms`,
    ];
  };
  await start(system, spec); // From here on the worker has its copy of the dataset.
  const rows = [
    await row('with a warm trainer', warm, REST_MS),
    await row('right after the end of another', atOnce),
  ];
  await system.startWorker({ WARM_TRAINERS: '0' });
  await delay(REST_MS); // Its start competes with no run.
  return [...rows, await row('without a warm trainer', cold)];
}
