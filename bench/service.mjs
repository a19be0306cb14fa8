#!/usr/bin/env node
// `npm run bench:service`: figures of the service, on services and processes of its own; about six minutes on two cores.
//   node bench/service.mjs [--quick]      after `npm run build`; --quick: less of everything

import { main } from '../tools/lib/console.mjs';
import { catchInterrupts } from '../tools/lib/interrupt.mjs';
import { prepareDigits } from './lib/service/digits.mjs';
import { measureAll } from './lib/service/measureAll.mjs';
import { measureIngest } from './lib/service/ingest.mjs';
import { measureLive } from './lib/service/live.mjs';
import { measureOverhead } from './lib/service/overhead.mjs';
import { measureStarts } from './lib/service/starts.mjs';
import { withSystem } from './lib/service/system.mjs';

const quick = process.argv.includes('--quick');
const starts = quick ? { warm: 2, atOnce: 2, cold: 2 } : { warm: 10, atOnce: 10, cold: 5 };
const [steps, rounds, seconds] = quick ? [1000, 1, 4] : [2000, 12, 15];

/** Takes all figures. */
const measure = (/** @type {import('./lib/service/system.mjs').System} */ system) =>
  measureAll(async (take) => {
    await system.startWorker({ WARM_TRAINERS: '1' });
    const digits = await prepareDigits(system);
    await take('starts', () => measureStarts(system, digits, starts));
    await take('steps', () => measureOverhead(system, { steps, rounds }));
    await system.stopWorker(); // What follows plays the worker.
    await take('ingest, few series', () =>
      measureIngest(system, digits, { series: 10, seconds: seconds / 2 }),
    );
    await take('ingest, many series', () =>
      measureIngest(system, digits, { series: 200, seconds: seconds / 2 }),
    );
    await take('followers', () => measureLive(system, digits, { jobs: 20, followers: 10, seconds, hz: 10 }));
  });

catchInterrupts();
await main(() => withSystem(measure));
// Clients of the services that this process used keep it alive otherwise; all that it started has ended.
process.exit();
