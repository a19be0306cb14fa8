// The charts of a long run: a zoom brings points that the history leaves out.

import { expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { accessibilityFaults, picture, signIn, useBrowser } from '../support/browser.js';
import { untilEnd } from '../support/history.js';
import { writeLongRun } from '../support/longRun.js';
import { useWatched } from '../support/watched.js';

jest.setTimeout(120_000);

const browser = useBrowser();
const watched = useWatched();
const STEPS = 30_000;

const chart = (page: Page) => page.locator('[data-chart="loss"]');
const table = (page: Page) => chart(page).getByRole('button', { name: 'Table' });
/** How many points the table behind the chart has in sight. */
const counted = async (page: Page): Promise<number> => {
  const caption = (await chart(page).locator('caption').textContent()) ?? '';
  return Number(/(?:of )?(\d+) rows/.exec(caption)?.[1]);
};

/** Drags from one share of the chart's width to another. */
async function drag(page: Page, from: number, to: number): Promise<void> {
  const over = chart(page).locator('.u-over');
  await over.waitFor();
  const box = await over.boundingBox();
  if (!box) throw new Error('the chart is not drawn');
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + from * box.width, y);
  await page.mouse.down();
  await page.mouse.move(box.x + to * box.width, y, { steps: 4 });
  await page.mouse.up();
}

/** The steps in sight, as the address says them. */
const zoomed = (page: Page): [number, number] => {
  const [low = NaN, high = NaN] = (new URL(page.url()).searchParams.get('zoom') ?? '').split('~').map(Number);
  return [Math.ceil(low), Math.floor(high)];
};

test('a zoom fetches every point of its part, a failed one says so, and a double click goes back', async () => {
  const { system, client, settings } = watched();
  const short = await client.runs.create({ ...settings, name: 'short', epochs: 1 });
  await untilEnd(client, short.id);
  const id = await writeLongRun(short.id, STEPS);
  const { page, errors } = await browser.open();
  await signIn(page, system.url, system.apiKey);
  await page.goto(`${system.url}/runs/${id}?table=loss`);
  await chart(page).locator('tbody tr').first().waitFor();
  const coarse = await counted(page);
  expect(coarse).toBeLessThan(STEPS / 100);
  await table(page).click();
  await chart(page).locator('.u-over').waitFor();
  await picture(page, 'zoom-none');

  await page.route('**/metrics?*fromStep*', (route) => route.fulfill({ status: 500, body: 'out of order' }));
  await drag(page, 0.5, 0.55);
  await page.getByText('No finer points').waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(errors.splice(0)).toEqual([expect.stringContaining('500')]);
  await page.unroute('**/metrics?*fromStep*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('No finer points').waitFor({ state: 'detached' });
  await page.getByText('on their way').waitFor({ state: 'detached' });
  await picture(page, 'zoom');
  const [low, high] = zoomed(page);
  expect(high - low).toBeGreaterThan(500);
  await table(page).click();
  await chart(page).locator('tbody tr').first().waitFor();
  expect(await counted(page)).toBe(high - low + 1);
  await page.reload(); // A link shows the same.
  await page.waitForFunction(
    (wanted) =>
      document.querySelector('[data-chart="loss"] caption')?.textContent.includes(`of ${wanted} rows`),
    high - low + 1,
  );

  await table(page).click();
  await chart(page).locator('.u-over').dblclick();
  await page.waitForURL((url) => !url.searchParams.has('zoom'));
  await table(page).click();
  await chart(page).locator('tbody tr').first().waitFor();
  expect(await counted(page)).toBe(coarse);
  expect(errors).toEqual([]);
});
