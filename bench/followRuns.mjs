// Followers of runs in a process of their own, by the SDK; forked for service.mjs, which says what to follow. Says when each
// has something, and at the end when each step came to each. Ends with the process that forked it.

import { Gradstream } from '@gradstream/sdk';
import { once } from 'node:events';
import { now } from './lib/service/clock.mjs';

process.once('disconnect', () => process.exit());

const [{ url, wishes }] = await once(process, 'message');
/** @type {[runId: string, step: number, at: number][]} */
const arrivals = [];
let waiting = wishes.length;

/** Follows a run to its end. */
async function follow(/** @type {{ apiKey: string, runId: string }} */ { apiKey, runId }) {
  let first = true;
  for await (const { points } of new Gradstream({ url, apiKey }).runs.follow(runId)) {
    const at = now();
    for (const { step } of points) arrivals.push([runId, step, at]);
    if (first && --waiting === 0) process.send?.('ready');
    first = false;
  }
}

await Promise.all(wishes.map(follow));
process.send?.(arrivals, undefined, {}, () => process.disconnect());
