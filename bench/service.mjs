#!/usr/bin/env node
// `npm run bench:service`: figures of the service, on services and processes of its own; under five minutes on two cores.
//   node bench/service.mjs [--quick]      after `npm run build`; --quick: less of everything

import os from 'node:os';
import { printTable } from '../tools/lib/console.mjs';
import { prepareDigits } from './lib/service/digits.mjs';
import { measureIngest } from './lib/service/ingest.mjs';
import { measureLive } from './lib/service/live.mjs';
import { measureOverhead } from './lib/service/overhead.mjs';
import { measureStarts } from './lib/service/starts.mjs';
import { openSystem } from './lib/service/system.mjs';

const quick = process.argv.includes('--quick');
const [starts, steps, rounds, seconds] = quick ? [2, 1000, 1, 4] : [10, 4000, 5, 15];

const system = await openSystem();
/** @type {[string, string][]} */
const rows = [];

/** Takes a figure; says that it is under way. */
async function take(/** @type {string} */ what, /** @type {() => Promise<[string, string][]>} */ measure) {
  const began = performance.now();
  rows.push(...(await measure()));
  console.log(`${what}: measured in ${((performance.now() - began) / 1000).toFixed(0)} s`);
}

try {
  const digits = await prepareDigits(system);
  await take('starts', () => measureStarts(system, digits, starts));
  await take('steps', () => measureOverhead(system, { steps, rounds }));
  await system.stopWorker(); // What follows plays the worker.
  await take('ingest, few series', () => measureIngest(system, digits, { series: 10, seconds: seconds / 2 }));
  await take('ingest, many series', () =>
    measureIngest(system, digits, { series: 200, seconds: seconds / 2 }),
  );
  await take('followers', () => measureLive(system, digits, { jobs: 20, followers: 10, seconds, hz: 10 }));
} finally {
  await system.stop();
}
const [processor] = os.cpus();
console.log(`\n${processor?.model.trim()}, ${os.cpus().length} cores, load ${os.loadavg()[0]?.toFixed(2)}\n`);
printTable(['figure', 'found'], rows);
process.exit();
