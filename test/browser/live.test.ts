// A run, watched as it trains.

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Gradstream, type NewRun } from '@gradstream/sdk';
import { accessibilityFaults, picture, signIn, useBrowser } from '../support/browser.js';
import { prepareDigits } from '../support/digits.js';
import { startSystem, type System } from '../support/system.js';

jest.setTimeout(120_000);

const browser = useBrowser();
let system: System;
let client: Gradstream;
let settings: NewRun;

beforeAll(async () => {
  system = await startSystem({ WARM_TRAINERS: '0' });
  client = new Gradstream({ url: system.url, apiKey: system.apiKey });
  settings = await prepareDigits(client);
});
afterAll(async () => {
  await system.stop();
});

test('the curve of a run grows, through an API that dies, without a hole', async () => {
  const { page, errors } = await browser.open();
  await signIn(page, system.url, system.apiKey);
  const run = await client.runs.create({
    ...settings,
    name: 'watched',
    epochs: 400,
    telemetry: { gradients: { normsEverySteps: 1, fullEverySteps: 20 } },
  });
  await page.goto(`${system.url}/runs/${run.id}`);
  await page.getByRole('region', { name: 'Loss', exact: true }).waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  await picture(page, 'run-live');
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole('tab', { name: 'Gradients' }).click();
  await page.getByRole('img', { name: /Heat map of the sizes/ }).waitFor();
  await page.waitForTimeout(3000);
  await picture(page, 'run-gradients');
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.evaluate(() => {
    window.scrollTo(0, 1500);
  });
  await picture(page, 'run-gradients2');
  await page.getByRole('tab', { name: 'System' }).click();
  await page.waitForTimeout(1000);
  await picture(page, 'run-system');
  expect(errors).toEqual([]);
  await client.runs.cancel(run.id);
});
