// A run made by hand: the digits dropped on the page, a template, a mistake, and the start; then what comes of it.

import { expect, jest, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { accessibilityFaults, picture, signIn, useBrowser } from '../support/browser.js';
import { untilEnd } from '../support/history.js';
import { dropFile } from '../support/newRunPage.js';
import { useSystem } from '../support/system.js';

jest.setTimeout(180_000);

const browser = useBrowser();
const system = useSystem({ WARM_TRAINERS: '0' });

test('the digits are dropped, a run is started from a template, paused, resumed, compared, and its weights saved', async () => {
  const { page, errors } = await browser.open();
  await signIn(page, system.url, system.apiKey);
  await page.getByRole('link', { name: 'New run' }).first().click();
  await page.getByRole('heading', { name: 'New run' }).waitFor();

  const csv = await readFile(path.resolve(import.meta.dirname, '../../examples/digits/digits.csv'), 'utf8');
  await dropFile(page, 'digits.csv', csv);
  await page.getByRole('button', { name: 'Upload' }).click();
  await page.getByRole('region', { name: 'Preview of the dataset' }).waitFor();

  const settings = page.getByRole('region', { name: 'Settings' });
  await settings.getByLabel('Target column').fill('nowhere');
  await page.getByText(/(One thing has|things have) to be changed/).waitFor();
  // Keys that are typed into an editor mean nothing else.
  await page.getByRole('textbox', { name: 'Model definition' }).click();
  await page.keyboard.type('?gr');
  expect(await page.getByRole('dialog').count()).toBe(0);
  await page.getByText(/^This is no JSON/).waitFor();
  await page.getByRole('button', { name: 'Digits MLP' }).click();
  await settings.getByLabel('Epochs', { exact: true }).fill('300');
  await page.getByText('✓ This run can start.').waitFor();
  // 64 · 64 + 64, 64 · 32 + 32, 32 · 10 + 10.
  await page.getByText(/^6,570 parameters/).waitFor();
  await picture(page, 'new-run');
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(errors).toEqual([]);
  await page.getByRole('button', { name: 'Start the run' }).click();
  await page.waitForURL(/\/runs\/run_/);
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('region', { name: 'Loss', exact: true }).waitFor();
  const first = path.basename(new URL(page.url()).pathname);

  await page.getByRole('button', { name: 'Pause' }).click();
  await page.locator('.badge-paused').first().waitFor();
  await page.getByRole('button', { name: 'Resume' }).click();
  await untilEnd(system.client, first);

  const second = await system.client.runs.fork(first, { changes: { epochs: 301 } });
  await untilEnd(system.client, second.id);
  await page.goto(`${system.url}/compare?runs=${first},${second.id}`);
  await page.getByRole('region', { name: 'Loss', exact: true }).waitFor();
  await page.getByRole('row', { name: /epochs/ }).waitFor();
  await page.locator('[data-chart="loss"] .chart-legend button').nth(1).waitFor(); // A line of each run.
  await picture(page, 'compare');
  expect(await accessibilityFaults(page)).toEqual([]);

  await page.goto(`${system.url}/runs/${second.id}?tab=checkpoints`);
  const saved = page.waitForEvent('download');
  await page
    .getByRole('button', { name: /safetensors/i })
    .first()
    .click();
  expect((await saved).suggestedFilename()).toMatch(/\.safetensors$/);
  expect(errors).toEqual([]);
});
