// From a step to its point on the screen: a run that a page waits for.

import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../../../tools/lib/quantile.mjs';

/** @typedef {import('../service/system.mjs').System} System */

/** Long enough for a worker to load the next trainer. */
const REST_MS = 3000;

/** Milliseconds from the first step, by the trainer's clock, to the frame of the page after its value is there. */
async function watch(
  /** @type {System} */ { client, url },
  /** @type {import('playwright-core').Page} */ page,
  /** @type {import('@gradstream/sdk').NewRun} */ spec,
) {
  const run = await client.runs.create(spec);
  await page.goto(`${url}/runs/${run.id}`);
  const seen = await page.evaluate(
    () =>
      /** @type {Promise<number>} */ (
        new Promise((resolve) => {
          const look = () => {
            const value = document.querySelector('[data-chart="loss"] [data-value="loss"]')?.textContent;
            if (!value || value === '–') return void requestAnimationFrame(look);
            requestAnimationFrame(() => resolve(Date.now()));
          };
          look();
        })
      ),
  );
  for await (const { points } of client.runs.follow(run.id))
    for (const { time, values } of points) if ('loss' in values) return seen - Date.parse(time);
  throw new Error(`${run.id} told of no step`);
}

/** Rows of the table, on a worker that keeps a trainer warm. @returns {Promise<[string, string][]>} */
export async function measureFirstPoint(
  /** @type {System} */ system,
  /** @type {import('playwright-core').Page} */ page,
  /** @type {import('@gradstream/sdk').NewRun} */ spec,
  /** @type {number} */ count,
) {
  const times = [];
  await watch(system, page, spec); // From here on worker and page have what they load once.
  for (let i = 0; i < count; i++) {
    await delay(REST_MS);
    times.push(await watch(system, page, spec));
  }
  const [median, worst] = [0.5, 1].map((share) => quantile(times, share).toFixed(0));
  return [[`step to its point on the screen, n = ${count}`, `median ${median} ms, worst ${worst} ms`]];
}
