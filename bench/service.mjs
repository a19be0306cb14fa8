#!/usr/bin/env node
// `npm run bench:service`: figures of the service, on services and processes of its own; about six minutes on two cores.
//   node bench/service.mjs [--quick]      after `npm run build`; --quick: less of everything

import os from 'node:os';
import { main, printTable } from '../tools/lib/console.mjs';
import { catchInterrupts, Interrupted, interruption } from '../tools/lib/interrupt.mjs';
import { prepareDigits } from './lib/service/digits.mjs';
import { measureIngest } from './lib/service/ingest.mjs';
import { measureLive } from './lib/service/live.mjs';
import { measureOverhead } from './lib/service/overhead.mjs';
import { measureStarts } from './lib/service/starts.mjs';
import { withSystem } from './lib/service/system.mjs';

/** @typedef {[figure: string, found: string][]} Rows */

const quick = process.argv.includes('--quick');
const starts = quick ? { warm: 2, atOnce: 2, cold: 2 } : { warm: 10, atOnce: 10, cold: 5 };
const [steps, rounds, seconds] = quick ? [1000, 1, 4] : [4000, 5, 15];

/** Rejects once the benchmark is given up: by a signal, or by a failure that nobody waits for. @type {Promise<never>} */
const givenUp = new Promise((_, reject) => {
  interruption.addEventListener('abort', () => reject(new Interrupted()));
  process.on('uncaughtException', reject);
});
givenUp.catch(() => undefined); // The figure under way is what fails by it.

/** Takes all figures. */
async function measure(/** @type {import('./lib/service/system.mjs').System} */ system) {
  /** @type {Rows} */
  const rows = [];
  /** Takes a figure; says that it was taken. */
  const take = async (/** @type {string} */ what, /** @type {() => Promise<Rows>} */ figure) => {
    const began = performance.now();
    rows.push(...(await Promise.race([givenUp, figure()])));
    console.log(`${what}: measured in ${((performance.now() - began) / 1000).toFixed(0)} s`);
  };
  await system.startWorker({ WARM_TRAINERS: '1' });
  const digits = await prepareDigits(system);
  await take('starts', () => measureStarts(system, digits, starts));
  await take('steps', () => measureOverhead(system, { steps, rounds }));
  await system.stopWorker(); // What follows plays the worker.
  await take('ingest, few series', () => measureIngest(system, digits, { series: 10, seconds: seconds / 2 }));
  await take('ingest, many series', () =>
    measureIngest(system, digits, { series: 200, seconds: seconds / 2 }),
  );
  await take('followers', () => measureLive(system, digits, { jobs: 20, followers: 10, seconds, hz: 10 }));
  const [processor] = os.cpus();
  console.log(
    `\n${processor?.model.trim()}, ${os.cpus().length} cores, load ${os.loadavg()[0]?.toFixed(2)}\n`,
  );
  printTable(['figure', 'found'], rows);
}

catchInterrupts();
await main(() => withSystem(measure));
// Clients of the services that this process used keep it alive otherwise; all that it started has ended.
process.exit();
