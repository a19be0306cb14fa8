// Many live charts: the page that compares runs, while all of them tell of all their series.

import { Attempts } from '@gradstream/domain';
import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../../../tools/lib/quantile.mjs';
import { beginRuns, frameOf, play } from '../service/played.mjs';

/** @typedef {import('../service/system.mjs').System} System */
/** @typedef {import('playwright-core').Page} Page */

/** Steps that are there before the page is opened. */
const HISTORY = 1000;
/** What a page takes to draw its charts at first. */
const SETTLE_MS = 3000;

/** Times of the frames of the page, in ms, and how often the last value of a line changed, for so long. */
const watchFrames = (/** @type {Page} */ page, /** @type {number} */ ms) =>
  page.evaluate(
    (duration) =>
      /** @type {Promise<{ times: number[], changes: number }>} */ (
        new Promise((resolve) => {
          /** @type {number[]} */
          const times = [];
          let changes = 0;
          const observer = new MutationObserver((records) => (changes += records.length));
          observer.observe(document.body, { childList: true, subtree: true });
          const tick = (/** @type {number} */ time) => {
            times.push(time);
            if (time - (times[0] ?? time) < duration) requestAnimationFrame(tick);
            else {
              observer.disconnect();
              resolve({ times, changes });
            }
          };
          requestAnimationFrame(tick);
        })
      ),
    ms,
  );

/** A row: what a page does in a window of a size. @returns {Promise<[string, string]>} */
async function rowOf(
  /** @type {Page} */ page,
  /** @type {string} */ what,
  /** @type {{ lines: number, seconds: number, height: number }} */ { lines, seconds, height },
) {
  await page.setViewportSize({ width: 1280, height });
  await delay(SETTLE_MS);
  const { times, changes } = await watchFrames(page, seconds * 1000);
  const gaps = times.slice(1).map((time, at) => time - (times[at] ?? time));
  const rate = (1000 * gaps.length) / ((times.at(-1) ?? 0) - (times[0] ?? 0));
  const [p99, worst] = [0.99, 1].map((share) => quantile(gaps, share).toFixed(0));
  const updates = (changes / seconds / lines).toFixed(1);
  return [
    what,
    `${rate.toFixed(1)} frames/s, a frame takes p99 ${p99} ms, worst ${worst} ms; each line changes ${updates} times/s`,
  ];
}

/** Rows of the table. No worker may run. @returns {Promise<[string, string][]>} */
export async function measureCharts(
  /** @type {System} */ system,
  /** @type {Page} */ page,
  /** @type {import('@gradstream/sdk').NewRun} */ spec,
  /** @type {{ runs: number, series: number, hz: number, seconds: number }} */ { runs, series, hz, seconds },
) {
  const attempts = system.app.get(Attempts);
  const names = Array.from({ length: series }, (_, i) => `metric${String(i).padStart(2, '0')}`);
  const framesOf = (/** @type {number} */ step) => [frameOf('metrics', step, names)];
  const claims = await beginRuns(system, spec, runs);
  for (const claimed of claims) {
    const history = Array.from({ length: HISTORY }, (_, i) => framesOf(i + 1)).flat();
    await attempts.appendFrames(claimed, history, await attempts.position(claimed));
  }
  await page.goto(`${system.url}/compare?runs=${claims.map(({ runId }) => runId).join(',')}`);
  await page
    .locator('[data-chart]')
    .nth(series - 1)
    .waitFor();
  const over = new AbortController();
  const settings = { from: HISTORY, steps: 1_000_000, stepMs: 1000 / hz, signal: over.signal, framesOf };
  const playing = Promise.allSettled(claims.map((claimed) => play(attempts, claimed, settings)));
  try {
    const all = await page.evaluate(() => document.documentElement.scrollHeight);
    const what = `${series} charts of ${runs} lines, ${hz} updates/s`;
    const lines = runs * series;
    return [
      await rowOf(page, `${what}, all in sight (1280 × ${all})`, { lines, seconds, height: all }),
      await rowOf(page, `${what}, a window of 1280 × 900`, { lines, seconds, height: 900 }),
    ];
  } finally {
    over.abort();
    await playing;
    await page.setViewportSize({ width: 1280, height: 900 });
  }
}
