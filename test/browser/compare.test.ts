// Runs over one another, while they train: the page goes along with what becomes of them.

import { expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { accessibilityFaults, picture, signIn, useBrowser } from '../support/browser.js';
import { untilEnd, untilTrains } from '../support/history.js';
import { useWatched } from '../support/watched.js';

jest.setTimeout(180_000);

const browser = useBrowser();
const watched = useWatched();

const listed = (page: Page, name: string) =>
  page.getByRole('list', { name: 'Compared runs' }).getByRole('listitem').filter({ hasText: name });
/** How the line of a run looks. */
const look = (page: Page, name: string) =>
  listed(page, name)
    .locator('line')
    .evaluate((line) => [line.getAttribute('stroke'), line.getAttribute('stroke-dasharray')]);

test('compared runs are followed to their ends, through a retry, and those that stay keep their looks and lines', async () => {
  const { system, client, settings } = watched();
  const make = (name: string, epochs: number) => client.runs.create({ ...settings, name, epochs });
  const [second, third] = [await make('second', 1), await make('third', 1)];
  await untilEnd(client, second.id);
  await untilEnd(client, third.id);
  const first = await make('first', 10_000);
  await untilTrains(client, first.id);
  const { page, errors } = await browser.open();
  let streams = 0;
  page.on('websocket', () => streams++);
  await signIn(page, system.url, system.apiKey);
  await page.goto(`${system.url}/compare?runs=${[first, second, third].map(({ id }) => id).join(',')}`);
  await page.getByText('Live', { exact: true }).waitFor();
  await listed(page, 'first').getByText('running').waitFor();
  const before = await look(page, 'third');
  await page.getByRole('button', { name: 'Leave second out' }).click();
  await listed(page, 'second').waitFor({ state: 'detached' });
  expect(await look(page, 'third')).toEqual(before);

  await client.runs.cancel(first.id);
  await listed(page, 'first').getByText('cancelled').waitFor();
  await page.getByText('Complete', { exact: true }).waitFor();
  expect(streams).toBe(1); // The one that was live went on as it was.
  await picture(page, 'compare-ended');
  expect(await accessibilityFaults(page)).toEqual([]);

  await client.runs.retry(first.id, { fromStart: true });
  await listed(page, 'first').getByText('running').waitFor({ timeout: 60_000 });
  await page.getByText('Live', { exact: true }).waitFor();
  await client.runs.cancel(first.id);
  expect(errors).toEqual([]);
});
