// Runs whose worker is played: their frames are made here and stored by a worker's own way. No worker may run meanwhile,
// for it would take over what sends no heartbeat.

import { Attempts } from '@gradstream/domain';
import { setTimeout as delay } from 'node:timers/promises';
import { now } from './clock.mjs';

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

/**
 * Trains at a rate, after a step, up to another; steps that are due while a write is under way go with the next one. Returns
 * when each was stored.
 */
export async function play(
  /** @type {Attempts} */ attempts,
  /** @type {ClaimedAttempt} */ claimed,
  /** @type {{ from: number, steps: number, stepMs: number, framesOf: (step: number) => NewFrame[], signal: AbortSignal }} */
  { from, steps, stepMs, framesOf, signal },
) {
  /** @type {Map<number, number>} */
  const stored = new Map();
  let position = await attempts.position(claimed);
  await delay(Math.random() * stepMs, undefined, { signal });
  const began = performance.now();
  for (let step = from; step < steps;) {
    await delay(Math.max(1, began + (step - from + 1) * stepMs - performance.now()), undefined, { signal });
    const due = Math.min(steps, from + Math.floor((performance.now() - began) / stepMs));
    const numbers = Array.from({ length: Math.max(0, due - step) }, (_, i) => step + 1 + i);
    if (numbers.length === 0) continue;
    position = await attempts.appendFrames(claimed, numbers.flatMap(framesOf), position);
    const at = now();
    for (const number of numbers) stored.set(number, at);
    step = due;
  }
  await attempts.finish(claimed, { state: 'succeeded' });
  return stored;
}
