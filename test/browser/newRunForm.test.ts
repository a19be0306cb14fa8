// The settings of a new run as fields and as JSON, with the problems at their places.

import { expect, jest, test } from '@jest/globals';
import { accessibilityFaults, picture, signIn, useBrowser } from '../support/browser.js';
import { openNewRun, readEditor, writeEditor } from '../support/newRunPage.js';
import { useSystem } from '../support/system.js';

jest.setTimeout(180_000);

const browser = useBrowser();
const system = useSystem({ WARM_TRAINERS: '0' });

/** Errors of the page; Chromium itself notes what the server refuses to read, which is part of the test. */
const faultsOf = (errors: readonly string[]): string[] => errors.filter((error) => !error.includes(' 422 '));

test('fields and JSON are the same settings, and what has no field stays', async () => {
  const { page, errors } = await browser.open();
  await signIn(page, system.url, system.apiKey);
  await openNewRun(page, system.url);
  const settings = page.getByRole('region', { name: 'Settings' });
  const rate = settings.getByLabel('Learning rate');
  const said = { ema: { momentum: 0.5 } };
  await writeEditor(page, 'All settings', JSON.stringify({ optimizer: { name: 'adam', ...said } }));

  // Keras's defaults: 0.001 of Adam, 0.01 of SGD.
  await page.waitForFunction(
    (input) => input instanceof HTMLInputElement && input.placeholder === 'default: 0.001',
    await rate.elementHandle(),
  );
  await settings.getByLabel('Optimizer', { exact: true }).selectOption('sgd');
  expect(await rate.getAttribute('placeholder')).toBe('default: 0.01');
  await rate.fill('1e-3');
  expect(JSON.parse(await readEditor(page, 'All settings'))).toEqual({
    optimizer: { name: 'sgd', ...said, learningRate: 0.001 },
  });
  expect(await rate.inputValue()).toBe('1e-3');
  await rate.fill('fast');
  await page.getByText('This is not a number.').waitFor();
  expect(JSON.parse(await readEditor(page, 'All settings'))).toMatchObject({
    optimizer: { learningRate: 0.001 },
  });
  await rate.fill('');
  await settings.getByText('Early stopping and limits').click();
  await settings.getByLabel('Early stopping', { exact: true }).selectOption('on');
  await settings.getByLabel('Patience').fill('3');
  await settings.getByText('Schedule, clipping and optimizer').click();
  await settings.getByLabel('Clip gradients').selectOption('globalNorm');
  await settings.locator('.choices-field', { hasText: 'Metrics' }).locator('summary').click();
  await settings.getByLabel('accuracy', { exact: true }).check();
  expect(JSON.parse(await readEditor(page, 'All settings'))).toEqual({
    optimizer: { name: 'sgd', ...said },
    earlyStopping: { patience: 3 },
    clip: { globalNorm: 1 },
    metrics: ['accuracy'],
  });
  await writeEditor(page, 'All settings', '{ "epochs": 7');
  await page.getByText(/^The JSON is broken/).waitFor();
  await page.keyboard.type('}');
  expect(await settings.getByLabel('Epochs', { exact: true }).inputValue()).toBe('7');
  expect(faultsOf(errors)).toEqual([]);
});

test('what is wrong is marked in the text and beside the field, and the list leads there', async () => {
  const { page, errors } = await browser.open();
  await signIn(page, system.url, system.apiKey);
  await openNewRun(page, system.url);
  const settings = page.getByRole('region', { name: 'Settings' });
  const check = page.getByRole('region', { name: 'Check and start' });
  await settings.getByLabel('Epochs', { exact: true }).fill('0');
  await check.getByText('One thing has to be changed').waitFor();
  expect(await settings.getByRole('alert').count()).toBe(1);
  await settings.locator('.cm-lintRange-error').filter({ hasText: /^0$/ }).waitFor();
  await check.getByRole('button', { name: '/epochs' }).click();
  await page.keyboard.type('9');
  expect(await settings.getByLabel('Epochs', { exact: true }).inputValue()).toBe('9');
  await check.getByText(/^So far nothing is wrong/).waitFor();

  await writeEditor(page, 'Model definition', '[{"type": "dense", "unit": 3, "input": [4]}]');
  await page.locator('.cm-lintRange-error').filter({ hasText: '"unit"' }).first().waitFor();
  await check.getByRole('button', { name: '/model/0/unit' }).first().click();
  await picture(page, 'new-run-problems');
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(faultsOf(errors)).toEqual([]);
});

test('all of the form is there on a narrow page', async () => {
  const { page } = await browser.open({ viewport: { width: 390, height: 900 } });
  await signIn(page, system.url, system.apiKey);
  await openNewRun(page, system.url);
  const groups = page.locator('.settings-group > summary');
  for (const group of await groups.all()) await group.click();
  await page.getByLabel('Gradients', { exact: true }).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await picture(page, 'new-run-narrow');
  expect(await accessibilityFaults(page)).toEqual([]);
});
