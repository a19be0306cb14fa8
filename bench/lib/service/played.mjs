// Runs whose worker is played: their frames are made here and stored by a worker's own way. No worker may run meanwhile,
// for it would take over what sends no heartbeat.

import { Attempts } from '@gradstream/domain';

/** @typedef {import('./system.mjs').System} System */
/** @typedef {import('@gradstream/domain').ClaimedAttempt} ClaimedAttempt */
/** @typedef {import('@gradstream/contracts').NewFrame} NewFrame */

/** New runs that a worker has taken on. @returns {Promise<ClaimedAttempt[]>} */
export async function beginRuns(
  /** @type {System} */ { client, app },
  /** @type {import('@gradstream/sdk').NewRun} */ spec,
  /** @type {number} */ count,
) {
  const attempts = app.get(Attempts);
  const runs = [];
  for (let i = 0; i < count; i++) {
    const { id } = await client.runs.create(spec);
    const claimed = await attempts.claim(id, 'bench');
    if (!claimed) throw new Error(`${id} was not claimed`);
    await attempts.started(claimed, { totalSteps: 1_000_000 });
    runs.push(claimed);
  }
  return runs;
}

/** A frame of a step with some random numbers. @returns {NewFrame} */
export const frameOf = (
  /** @type {'metrics' | 'gradients'} */ kind,
  /** @type {number} */ step,
  /** @type {readonly string[]} */ series,
) => ({
  ...{ kind, step, epoch: 1, time: new Date().toISOString(), series },
  ...{ values: series.map(() => Math.random()), event: null },
});
