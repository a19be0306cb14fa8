// Where a new run gets its parts from: files with their types, uploads that are interrupted, guesses, stored models, suggestions.

import { expect, jest, test } from '@jest/globals';
import { accessibilityFaults, picture, signIn, useBrowser } from '../support/browser.js';
import { dropFile, openNewRun, readEditor, writeEditor } from '../support/newRunPage.js';
import { useSystem } from '../support/system.js';

jest.setTimeout(240_000);

const browser = useBrowser();
const system = useSystem({ WARM_TRAINERS: '0' });

const SPECIES = ['setosa', 'virginica', 'versicolor'];
const flowers = [
  'sepal,petal,code,species',
  ...Array.from({ length: 90 }, (_, at) => `${at % 17},${at / 7},${at % 4},${SPECIES[at % 3] ?? ''}`),
  '',
].join('\n');

test('a file is uploaded with a type that was said; what is guessed of it can start, and be taken back', async () => {
  const { page, errors } = await browser.open();
  await signIn(page, system.url, system.apiKey);
  await openNewRun(page, system.url);
  const before = await readEditor(page, 'All settings');
  await dropFile(page, 'flowers.csv', flowers);
  await page.getByText('Types of the 4 columns').click();
  await page.getByLabel('Type of code').selectOption('categorical');
  await picture(page, 'new-run-file');
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Upload' }).click();
  await page.getByText('Guessed from the dataset').waitFor();
  const [dataset] = (await system.client.datasets.list()).data;
  expect(dataset).toMatchObject({ name: 'flowers', columnTypes: { code: 'categorical' } });

  expect(JSON.parse(await readEditor(page, 'All settings'))).toMatchObject({
    target: { column: 'species', task: 'classification' },
    inputs: [{ columns: ['sepal…code'] }],
  });
  await page.getByText('✓ This run can start.').waitFor();
  await page.getByRole('region', { name: 'Preview of the dataset' }).waitFor();
  await picture(page, 'new-run-guess');
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Undo the guess' }).click();
  await page.getByText(/to be changed:/).waitFor();
  expect(await readEditor(page, 'All settings')).toBe(before);
  expect(errors).toEqual([]);
});

test('an upload that breaks off goes on by a button, and by the same file after a reload; no part is sent twice', async () => {
  const { page } = await browser.open();
  await signIn(page, system.url, system.apiKey);
  await openNewRun(page, system.url);
  // Three parts of 8 MiB and less: the server's own size of a part.
  const csv = `a,b\n${'1234567890123,2\n'.repeat(1_150_000)}`;
  const sent: string[] = [];
  let isBroken = true;
  await page.route(
    (url) => url.searchParams.has('partNumber'),
    async (route) => {
      const number = new URL(route.request().url()).searchParams.get('partNumber') ?? '';
      if (isBroken && number === '2') {
        await route.fulfill({ status: 403 });
        return;
      }
      if (route.request().method() === 'PUT') sent.push(number);
      await route.continue();
    },
  );
  await dropFile(page, 'numbers.csv', csv);
  await page.getByRole('button', { name: 'Upload' }).click();
  await page.getByText('That did not work').waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('That did not work').waitFor();
  expect(sent).toEqual(['1']);

  await page.reload();
  await dropFile(page, 'numbers.csv', csv);
  await page.getByText(/8\.0 MiB of this file have arrived before/).waitFor();
  await picture(page, 'new-run-resume');
  isBroken = false;
  await page.getByRole('button', { name: 'Go on with the upload' }).click();
  await page.getByRole('region', { name: 'Preview of the dataset' }).waitFor({ timeout: 120_000 });
  expect(sent).toEqual(['1', '2', '3']);
  const numbers = (await system.client.datasets.list()).data.filter(({ name }) => name === 'numbers');
  expect(numbers.map(({ state, rowCount }) => [state, rowCount])).toEqual([['ready', 1_150_000]]);
});

test('a stored model is found and taken, and a copy of it is written', async () => {
  const definition = [{ type: 'dense', units: 3, activation: 'softmax', input: [4] }];
  const { id } = await system.client.models.create({ name: 'small one', definition });
  await system.client.models.create({ name: 'another', definition });
  const { page, errors } = await browser.open({ viewport: { width: 390, height: 900 } });
  await signIn(page, system.url, system.apiKey);
  await openNewRun(page, system.url);
  await page.getByRole('button', { name: 'Use a stored model …' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Search').fill('small');
  await dialog.getByRole('row', { name: /another/ }).waitFor({ state: 'detached' });
  await picture(page, 'new-run-models');
  expect(await accessibilityFaults(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'small one' }).click();
  await page.getByText(id).waitFor();
  await page.getByText(/^15 parameters/).waitFor(); // 4 · 3 + 3.
  await picture(page, 'new-run-stored');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await page.getByRole('button', { name: 'Edit a copy' }).click();
  expect(JSON.parse(await readEditor(page, 'Model definition'))).toEqual(definition);
  expect(errors).toEqual([]);
});

test('what is suggested belongs to the place', async () => {
  const { page } = await browser.open();
  await signIn(page, system.url, system.apiKey);
  await openNewRun(page, system.url);
  const suggestions = page.locator('.cm-tooltip-autocomplete');
  await writeEditor(page, 'Model definition', '[{"type": "conv2d", ');
  await page.keyboard.type('"');
  await suggestions.getByText('kernelSize').waitFor();
  expect(await suggestions.getByText('momentum').count()).toBe(0);
  await page.keyboard.type('activa');
  await suggestions
    .getByRole('option', { selected: true })
    .filter({ hasText: /^activation/ })
    .waitFor();
  await page.keyboard.press('Enter');
  await suggestions.getByText('relu', { exact: true }).waitFor();
  await page.keyboard.type('gel');
  await suggestions.getByRole('option', { selected: true }).filter({ hasText: 'gelu' }).waitFor();
  await page.keyboard.press('Enter');
  expect(await readEditor(page, 'Model definition')).toBe('[{"type": "conv2d", "activation": "gelu"');

  await writeEditor(page, 'All settings', '{"optimizer": {"name": "sgd", }}');
  for (let back = 0; back < 2; back++) await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Control+Space');
  await suggestions.getByText('nesterov').waitFor();
  await picture(page, 'new-run-suggestions');
  expect(await suggestions.getByText('amsgrad').count()).toBe(0);
});
