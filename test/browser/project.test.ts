// The pages of a project, its datasets and its models.

import { beforeAll, expect, jest, test } from '@jest/globals';
import { Gradstream } from '@gradstream/sdk';
import type { Page } from 'playwright-core';
import { accessibilityFaults, picture, signIn, useBrowser } from '../support/browser.js';
import { prepareDigits } from '../support/digits.js';
import { untilEnd } from '../support/history.js';
import { emptyProjectKey } from '../support/projects.js';
import { useSystem } from '../support/system.js';

jest.setTimeout(180_000);

const browser = useBrowser();
const system = useSystem({ WARM_TRAINERS: '0' });
let client: Gradstream;
let apiKey = '';

beforeAll(async () => {
  apiKey = await emptyProjectKey();
  client = new Gradstream({ url: system.url, apiKey });
});

/** The page fits the width of a telephone. */
async function expectNarrow(page: Page, name: string): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await picture(page, `${name}-390`);
  await page.setViewportSize({ width: 1280, height: 900 });
}

test('a project: what is in it, its datasets and models, runs with them, and what needs them', async () => {
  const { page, errors } = await browser.open();
  await signIn(page, system.url, apiKey);
  await page.keyboard.type('gp');
  await page.getByRole('heading', { name: '0 runs' }).waitFor();
  await page.keyboard.type('gd');
  await page.getByRole('heading', { name: 'No datasets yet' }).waitFor();
  await page.keyboard.type('gm');
  await page.getByRole('heading', { name: 'No stored models' }).waitFor();

  const spec = await prepareDigits(client);
  const run = await client.runs.create({ ...spec, name: 'uses them', epochs: 1 });
  const bad = new TextEncoder().encode('a,b\n1,2\n3\n');
  await expect(client.datasets.upload('torn', bad)).rejects.toMatchObject({ code: 'DATASET_REJECTED' });
  await untilEnd(client, run.id);

  await page.getByRole('button', { name: /^other/ }).click();
  await page.getByRole('menuitem', { name: 'About this project' }).click();
  await page.getByRole('heading', { name: '1 run', exact: true }).waitFor();
  await page.getByRole('link', { name: /succeeded 1/ }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await picture(page, 'project');
  await expectNarrow(page, 'project');

  await page.getByRole('link', { name: '2 datasets' }).click();
  await page.getByRole('row', { name: /digits.*ready.*1,797/ }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await picture(page, 'datasets');
  await expectNarrow(page, 'datasets');
  await page.getByRole('link', { name: 'torn' }).click();
  await page.getByRole('heading', { name: 'Why it was rejected' }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await picture(page, 'dataset-rejected');
  await page.getByRole('button', { name: 'Delete …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.waitForURL('**/datasets');
  await page.getByText('The dataset torn is deleted.').waitFor();

  await page.getByRole('link', { name: 'digits' }).click();
  await page.getByRole('rowheader', { name: 'p63' }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await picture(page, 'dataset');
  await expectNarrow(page, 'dataset');
  await page.getByRole('button', { name: 'Delete …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByRole('link', { name: /^run_/ }).waitFor();
  await page.getByRole('button', { name: 'Delete it all the same' }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await picture(page, 'dataset-used');
  await page.getByRole('button', { name: 'Keep it' }).click();
  await page.getByRole('button', { name: 'New run with this' }).click();
  await page.waitForURL('**/runs/new');
  await page.getByRole('region', { name: 'Preview of the dataset' }).waitFor();

  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Models' }).click();
  await page.getByRole('link', { name: 'mlp' }).click();
  await page.getByRole('heading', { name: 'Layers' }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await picture(page, 'model');
  await expectNarrow(page, 'model');
  await page.getByRole('button', { name: 'Delete …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByRole('link', { name: /^run_/ }).click();
  await page.waitForURL(`**/runs/${run.id}`);
  await page.getByRole('link', { name: 'digits', exact: true }).click();
  await page.waitForURL('**/datasets/*');
  // The refusals are answers of 409, which the browser notes; nothing else is.
  expect(errors.filter((error) => !error.includes('409'))).toEqual([]);
});
