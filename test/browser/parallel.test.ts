// Runs beside one another: their curves, and parallel coordinates of what they were set to and what came of it.

import { expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { accessibilityFaults, picture, signIn, useBrowser } from '../support/browser.js';
import { untilEnd } from '../support/history.js';
import { useWatched } from '../support/watched.js';

jest.setTimeout(180_000);

const browser = useBrowser();
const watched = useWatched();

const rates = [0.1, 0.01, 0.001, 0.0001];
const optimizers = ['sgd', 'adam'] as const;

/** Runs that differ in their optimizer, its learning rate, and their batches; ids in this order. */
async function trained(): Promise<string[]> {
  const { client, settings } = watched();
  const ids: string[] = [];
  for (const [at, learningRate] of rates.entries()) {
    const optimizer = { name: optimizers[at % 2] ?? 'sgd', learningRate };
    const batchSize = 32 * (at + 1);
    const run = await client.runs.create({ ...settings, name: `run ${at}`, epochs: 1, batchSize, optimizer });
    ids.push(run.id);
  }
  for (const id of ids) await untilEnd(client, id);
  return ids;
}

const numbers = (page: Page) => page.getByRole('region', { name: 'Numbers of the parallel coordinates' });
/** The names of the runs in the ranges, as the table says. */
const inRanges = async (page: Page): Promise<string[]> =>
  (await numbers(page).locator('tbody tr:not(.parallel-out) th a').allTextContents()).sort();

test('parallel coordinates: axes, ranges by fields and by dragging, and a link that shows the same', async () => {
  const { system } = watched();
  const ids = await trained();
  const { page, errors } = await browser.open();
  await signIn(page, system.url, system.apiKey);
  await page.goto(`${system.url}/compare?runs=${ids.join(',')}`);
  await page.getByRole('region', { name: 'Loss', exact: true }).waitFor();
  await picture(page, 'compare');
  await page.getByRole('tab', { name: 'Parallel coordinates' }).click();
  await page.locator('.parallel-plot canvas').waitFor();
  await numbers(page).getByRole('columnheader', { name: 'optimizer.learningRate' }).waitFor();
  expect(await inRanges(page)).toEqual(['run 0', 'run 1', 'run 2', 'run 3']);
  expect(await accessibilityFaults(page)).toEqual([]);

  await page.getByText('Ranges', { exact: true }).click();
  await page.getByLabel('From, optimizer.learningRate').fill('0.001');
  await page.keyboard.press('Tab');
  await page.keyboard.type('0.05');
  await page.keyboard.press('Enter');
  await page.getByText('2 of 4 runs in the ranges').waitFor();
  expect(await inRanges(page)).toEqual(['run 1', 'run 2']);
  await page.getByLabel('From, optimizer.name').selectOption('sgd');
  await page.getByText('1 of 4 runs in the ranges').waitFor();
  expect(await inRanges(page)).toEqual(['run 2']);
  await picture(page, 'compare-parallel');
  const address = page.url();
  await page.reload();
  await page.getByText('1 of 4 runs in the ranges').waitFor();
  expect(page.url()).toBe(address);
  await page.locator('.parallel-plot canvas').waitFor();
  await page.getByRole('button', { name: 'Clear the ranges' }).click();
  await page.getByText('4 runs', { exact: true }).waitFor();

  await page.getByRole('button', { name: /^Axes:/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Axes' });
  // The address holds the choice, and comes a moment after the click.
  await dialog.getByLabel('batchSize').click();
  await dialog.getByRole('checkbox', { name: 'batchSize', checked: false }).waitFor();
  await dialog.getByLabel('valLoss, highest').click();
  await dialog.getByRole('checkbox', { name: 'valLoss, highest', checked: true }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await picture(page, 'compare-axes');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await numbers(page).getByRole('columnheader', { name: 'valLoss, highest' }).waitFor();
  expect(await numbers(page).getByRole('columnheader', { name: 'batchSize' }).count()).toBe(0);

  // The first axis has the optimizers: adam below, sgd above.
  const box = await page.locator('.parallel-plot canvas').boundingBox();
  if (!box) throw new Error('the picture is not drawn');
  const x = box.x + 48;
  await page.mouse.move(x, box.y + box.height - 25);
  await page.mouse.down();
  await page.mouse.move(x, box.y + box.height * 0.62, { steps: 5 });
  await page.mouse.up();
  await page.getByText('2 of 4 runs in the ranges').waitFor();
  expect(await inRanges(page)).toEqual(['run 1', 'run 3']);
  await picture(page, 'compare-dragged');
  await page.getByRole('link', { name: 'Compare these alone' }).click();
  await page.waitForURL(`**/compare?runs=${ids[1] ?? ''},${ids[3] ?? ''}`);

  await page.goto(`${system.url}/compare?runs=${ids.join(',')}&tab=parallel`);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.locator('.parallel-plot canvas').waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await picture(page, 'compare-parallel-390');
  expect(errors).toEqual([]);
});
