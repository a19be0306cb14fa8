// A run, watched as it trains.

import { expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { accessibilityFaults, picture, signIn, useBrowser } from '../support/browser.js';
import { readSteps } from '../support/history.js';
import { useWatched } from '../support/watched.js';

jest.setTimeout(300_000);

const browser = useBrowser();
const watched = useWatched();

/** The steps in the table behind the chart of the loss, newest first. */
const tabled = async (page: Page): Promise<number[]> => {
  const texts = await page.locator('[data-chart="loss"] tbody th').allTextContents();
  return texts.map((text) => Number(text.replaceAll(',', '')));
};

/** Waits until the table has a step beyond the given one. */
const untilBeyond = (page: Page, step: number): Promise<unknown> =>
  page.waitForFunction((past) => {
    const text = document.querySelector('[data-chart="loss"] tbody th')?.textContent ?? '';
    return Number(text.replaceAll(',', '')) > past;
  }, step);

test('a run is watched while its gradients are measured: every chart is there, and nothing is out of reach', async () => {
  const { system, client, settings } = watched();
  const { page, errors } = await browser.open();
  await signIn(page, system.url, system.apiKey);
  const telemetry = { gradients: { normsEverySteps: 1, fullEverySteps: 20 } };
  const run = await client.runs.create({ ...settings, name: 'watched', epochs: 400, telemetry });
  await page.goto(`${system.url}/runs/${run.id}?table=loss`);
  await untilBeyond(page, 200);
  await page.getByRole('button', { name: 'Table' }).first().click();
  for (const name of ['Loss', 'Accuracy', 'Learning rate', 'Gradient norm'])
    await page.getByRole('region', { name, exact: true }).waitFor();
  await picture(page, 'run');
  expect(await accessibilityFaults(page)).toEqual([]);

  await page.getByRole('tab', { name: 'Gradients' }).click();
  await page.getByRole('img', { name: /Heat map of the sizes/ }).waitFor();
  await page.getByRole('row', { name: /^output/ }).waitFor();
  await picture(page, 'run-gradients');
  expect(await accessibilityFaults(page)).toEqual([]);

  await page.getByRole('tab', { name: 'System' }).click();
  await page.getByRole('region', { name: 'Memory', exact: true }).waitFor();
  await picture(page, 'run-system');
  expect(errors).toEqual([]);
  await client.runs.cancel(run.id);
});

/** Waits until the table has a step beyond the given one; all of its steps as they were then, newest first. */
async function firstBeyond(page: Page, step: number): Promise<number[]> {
  const found = await page.waitForFunction((past) => {
    const heads = [...document.querySelectorAll('[data-chart="loss"] tbody th')];
    const steps = heads.map((head) => Number(head.textContent.replaceAll(',', '')));
    return (steps[0] ?? 0) > past ? steps : null;
  }, step);
  return (await found.jsonValue()) ?? [];
}

// What was missed comes as an outline: the lowest, highest and last value of each series. The rate of learning falls with
// each step, so the outline has the first step that was missed, too: were the stream taken up any later, it were not there.
test('an API that dies leaves no hole in the curve', async () => {
  const { system, client, settings } = watched();
  const { page } = await browser.open();
  // No time passes for the page: it does not come to replace what it was told live by the history, which has no holes.
  await page.addInitScript(() => {
    performance.now = () => 0;
  });
  await signIn(page, system.url, system.apiKey);
  const run = await client.runs.create({
    ...{ ...settings, name: 'through a crash', epochs: 10_000, batchSize: 256 },
    schedule: { name: 'linear' },
  });
  await page.goto(`${system.url}/runs/${run.id}?table=loss`);
  await page.getByText('Live', { exact: true }).waitFor();
  await untilBeyond(page, 20);
  await system.api.kill();
  await page.getByText(/Reconnecting, last step \d+/).waitFor();
  const before = await tabled(page);
  const seen = Math.max(...before);
  await system.restartApi();
  const steps = await firstBeyond(page, seen);
  expect(await page.getByText('Live', { exact: true }).count()).toBe(1);
  await client.runs.cancel(run.id);
  await page.getByText('Complete', { exact: true }).waitFor();

  const all = await readSteps(client, run.id);
  expect(steps.findLast((step) => step > seen)).toBe(all.find((step) => step > seen));
  const kept = steps.filter((step) => step <= seen);
  expect(kept).toEqual(before.slice(0, kept.length));
  expect((await tabled(page))[0]).toBe(all.at(-1));
});
