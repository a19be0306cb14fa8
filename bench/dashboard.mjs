#!/usr/bin/env node
// `npm run bench:dashboard`: the dashboard in Chromium, on services and processes of its own; about two minutes on two cores.
//   node bench/dashboard.mjs [--quick]      after `npm run build`; --quick: less of everything

import { main } from '../tools/lib/console.mjs';
import { catchInterrupts } from '../tools/lib/interrupt.mjs';
import { withBrowser } from './lib/dashboard/browser.mjs';
import { measureCharts } from './lib/dashboard/charts.mjs';
import { measureFirstPoint } from './lib/dashboard/firstPoint.mjs';
import { measureTable } from './lib/dashboard/table.mjs';
import { prepareDigits } from './lib/service/digits.mjs';
import { measureAll } from './lib/service/measureAll.mjs';
import { withSystem } from './lib/service/system.mjs';

const quick = process.argv.includes('--quick');
const [seconds, starts, requests] = quick ? [4, 2, 5] : [15, 10, 30];

catchInterrupts();
await main(() =>
  withSystem((system) =>
    withBrowser(system, (page) =>
      measureAll(async (take) => {
        await system.startWorker({ WARM_TRAINERS: '1' });
        const digits = await prepareDigits(system); // The worker checks them.
        await take('first point', () => measureFirstPoint(system, page, { ...digits, epochs: 1 }, starts));
        await system.stopWorker(); // What follows plays the worker.
        await take('charts', () =>
          measureCharts(system, page, digits, { runs: 5, series: 20, hz: 10, seconds }),
        );
        await take('table', () => measureTable(system, digits, requests));
      }),
    ),
  ),
);
// Clients of the services that this process used keep it alive otherwise; all that it started has ended.
process.exit();
