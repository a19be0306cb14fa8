// What a run's page has besides charts: its header with commands, checkpoints, log, events and spec.

import { expect, jest, test } from '@jest/globals';
import type { NewRun, Run } from '@gradstream/sdk';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { accessibilityFaults, picture, signIn, useBrowser } from '../support/browser.js';
import { appendLogLines } from '../support/logLines.js';
import { useWatched } from '../support/watched.js';

jest.setTimeout(180_000);

const browser = useBrowser();
const watched = useWatched();

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const tab = (page: Page, name: string) => page.getByRole('tab', { name }).click();
const badge = (page: Page, state: Run['state']) =>
  page.getByRole('main').locator(`.badge-${state}`).waitFor();

/** A run that has ended, by following it. */
async function finished(changes: Partial<NewRun>): Promise<Run> {
  const { client, settings } = watched();
  const { id } = await client.runs.create({ ...settings, ...changes });
  for await (const batch of client.runs.followEvents(id)) if (batch.done) break;
  return client.runs.get(id);
}

/** A page of a person who has signed in. */
async function open(path: string): Promise<{ page: Page; errors: string[] }> {
  const { system } = watched();
  const opened = await browser.open({ acceptDownloads: true });
  await signIn(opened.page, system.url, system.apiKey);
  await opened.page.goto(`${system.url}${path}`);
  return opened;
}

/** The page fits the width of a telephone: it scrolls down alone. */
async function expectNarrow(page: Page, name: string): Promise<void> {
  const size = page.viewportSize() ?? { width: 1280, height: 900 };
  await page.setViewportSize({ width: 390, height: 844 });
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(content).toBe(window);
  await picture(page, `${name}-390`);
  await page.setViewportSize(size);
}

test('a run is paused and resumed by keys, noted although others write, cancelled, retried and deleted', async () => {
  const { client, settings } = watched();
  const run = await client.runs.create({ ...settings, name: 'commanded', epochs: 2000 });
  const { page, errors } = await open(`/runs/${run.id}?tab=events`);
  await badge(page, 'running');
  await page.getByText('about').first().waitFor(); // The time that is left.
  await page.keyboard.press('p');
  await badge(page, 'paused');

  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog');
  const tag = async (name: string): Promise<void> => {
    await dialog.getByLabel('Tags').fill(name);
    await page.keyboard.press('Enter');
  };
  await tag('mine');
  await tag('fast, at first');
  await client.runs.update(run.id, { notes: 'theirs' });
  await button(page, 'Save').click();
  await dialog.getByText('Somebody has changed them meanwhile').waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await button(page, 'Take theirs').click();
  await tag('mine');
  await tag('fast, at first');
  await button(page, 'Save').click();
  await page.getByRole('link', { name: 'fast, at first' }).waitFor();
  expect(await client.runs.get(run.id)).toMatchObject({ notes: 'theirs', tags: ['mine', 'fast, at first'] });

  await page.keyboard.press('p');
  await badge(page, 'running');
  await button(page, 'Cancel …').click();
  await button(page, 'Cancel the run').click();
  await badge(page, 'cancelled');
  await button(page, 'Retry …').click();
  await page.getByLabel(/From where it began/).check();
  await dialog.getByRole('button', { name: 'Retry' }).click();
  await page.getByText('retried after it was cancelled').waitFor();
  await badge(page, 'running');
  for (const what of ['training began', 'paused', 'resumed', 'cancelled'])
    await page.getByText(what, { exact: true }).first().waitFor();
  await page.getByText('went back to step 0').waitFor();
  await picture(page, 'run-events');
  expect(await accessibilityFaults(page)).toEqual([]);
  await expectNarrow(page, 'run-events');

  await client.runs.cancel(run.id);
  await button(page, 'Delete …').click();
  await button(page, 'Delete the run').click();
  await page.waitForURL(/\/runs(\?.*)?$/);
  await expect(client.runs.get(run.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  // The write that came too late is an answer of 412, which the browser notes; nothing else is.
  expect(errors.filter((error) => !error.includes('412'))).toEqual([]);
});

test('a command that is refused says why in its dialog, for what lies below is not heard', async () => {
  const { client, settings } = watched();
  const run = await client.runs.create({ ...settings, name: 'overtaken', epochs: 2000 });
  const { page } = await open(`/runs/${run.id}?tab=events`);
  await badge(page, 'running');
  const dialog = page.getByRole('dialog');
  const refused = dialog.getByRole('alert');
  await button(page, 'Cancel …').click();
  await client.runs.cancel(run.id); // By somebody else.
  await dialog.getByText('It has ended meanwhile').waitFor();
  await button(page, 'Cancel the run').click();
  await refused.waitFor();
  expect(await page.locator('.toast').count()).toBe(0);
  expect(await accessibilityFaults(page)).toEqual([]);
  await picture(page, 'run-refused');
  await button(page, 'Let it train').click();

  await button(page, 'Retry …').click();
  expect(await refused.count()).toBe(0); // What was refused before is not said again.
  await client.runs.retry(run.id);
  await dialog.getByText(/It was (queued|preparing|running)/).waitFor();
  await dialog.getByRole('button', { name: 'Retry' }).click();
  await refused.waitFor();
  await button(page, 'Not now').click();
  await client.runs.cancel(run.id);
});

test('checkpoints are downloaded, asked, pinned, deleted, and forked with problems at their fields', async () => {
  const { client } = watched();
  const run = await finished({ name: 'digits: 3 epochs', epochs: 3 });
  const { data: all } = await client.runs.checkpoints(run.id);
  const [last] = all;
  if (!last) throw new Error('the run has no checkpoint');
  const { page, errors } = await open(`/runs/${run.id}?tab=checkpoints`);
  await page.getByText('best', { exact: true }).waitFor();
  expect(await page.getByRole('row').count()).toBe(1 + all.length);
  await picture(page, 'run-checkpoints');
  expect(await accessibilityFaults(page)).toEqual([]);
  await expectNarrow(page, 'run-checkpoints');

  const saving = page.waitForEvent('download');
  await button(page, `Download step ${last.step} as safetensors`).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe(`digits-3-epochs-step-${last.step}.safetensors`);
  const bytes = await readFile(await saved.path());
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(last.sha256);

  const more = async (item: string): Promise<void> => {
    await page.getByTitle(`More for step ${last.step}`).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  await more('Pin against deletion');
  await page.getByText('pinned', { exact: false }).first().waitFor();
  expect((await client.checkpoints.get(last.id)).pinned).toBe(true);

  await button(page, `Predict with step ${last.step}`).click();
  const dialog = page.getByRole('dialog');
  await button(page, 'Fill in rows of its dataset').click();
  const field = dialog.getByLabel('Rows, as CSV or JSON');
  await page.waitForFunction(() => document.querySelector('textarea')?.value.startsWith('['));
  await button(page, 'Predict').last().click();
  await dialog.getByRole('columnheader', { name: 'probability' }).waitFor();
  const preview = await client.datasets.preview(run.spec.dataset, { rows: 3 });
  const rows = preview.rows.map((row) => row.map(Number).slice(0, 64));
  const answer = await client.checkpoints.predict(last.id, { rows });
  expect(await dialog.locator('tbody tr td:nth-child(2)').allTextContents()).toEqual(
    answer.data.map((one) => one.class),
  );
  await picture(page, 'run-predict');
  expect(await accessibilityFaults(page)).toEqual([]);
  await field.fill(`p0,p1\n1,2\n3,x`);
  await button(page, 'Predict').last().click();
  await dialog.getByText('row 2, p1').waitFor();
  await button(page, 'A dataset').click();
  await button(page, 'Predict its first rows').click();
  await dialog.getByRole('rowheader', { name: '50', exact: true }).waitFor();
  await button(page, 'Next rows').click();
  await dialog.getByRole('rowheader', { name: '51', exact: true }).waitFor();
  await page.keyboard.press('Escape');

  const first = all.at(-1)?.step ?? 0;
  await page.getByTitle(`More for step ${first}`).click();
  await page.getByRole('menuitem', { name: 'Delete …' }).click();
  await button(page, 'Delete the checkpoint').click();
  await page.waitForFunction(
    (count) => document.querySelectorAll('tbody tr').length === count,
    all.length - 1,
  );

  await more('Fork here …');
  await button(page, 'Start the fork').click();
  await dialog.getByText('has to be more than 3').waitFor();
  await dialog.getByLabel('Epochs in all').fill('5');
  await dialog.getByLabel('Learning rate').fill('5000');
  await button(page, 'Start the fork').click();
  await page.waitForFunction(() => document.querySelectorAll('[aria-invalid="true"]').length === 1);
  expect(await dialog.getByLabel('Learning rate').getAttribute('aria-invalid')).toBe('true');
  await dialog.getByLabel('Learning rate').fill('0.0005');
  await dialog.getByLabel('Other settings (JSON)').fill('{"seed": 1}');
  await button(page, 'Start the fork').click();
  await dialog.getByText('/changes/seed').waitFor();
  await picture(page, 'run-fork');
  expect(await accessibilityFaults(page)).toEqual([]);
  await dialog.getByLabel('Other settings (JSON)').fill('{"clip": null}');
  await button(page, 'Start the fork').click();
  await page.getByRole('heading', { name: 'digits: 3 epochs fork' }).waitFor();

  await tab(page, 'Spec');
  await button(page, 'What the fork changed').click();
  await page.getByText('≠ was 0.001').waitFor();
  await page.getByText('≠ was 3').waitFor();
  await picture(page, 'run-spec-fork');
  expect(await accessibilityFaults(page)).toEqual([]);
  // Refused forks and rows are answers of 422, which the browser notes; nothing else is.
  expect(errors.filter((error) => !error.includes('422'))).toEqual([]);
});

test('the log follows, stands still where one reads, is searched, and few of its lines are in the page', async () => {
  const { client, settings } = watched();
  const run = await client.runs.create({ ...settings, name: 'talkative', epochs: 2000 });
  const { page, errors } = await open(`/runs/${run.id}?tab=log`);
  await badge(page, 'running');
  await page.keyboard.press('p');
  await badge(page, 'paused');
  await appendLogLines(run.id, 5000, 'line');
  const log = page.getByRole('log');
  await log.getByText('line 5000', { exact: true }).waitFor();
  expect(await log.locator('.log-row').count()).toBeLessThan(150);
  await picture(page, 'run-log');
  expect(await accessibilityFaults(page)).toEqual([]);
  await expectNarrow(page, 'run-log');

  await log.hover();
  await page.mouse.wheel(0, -5000);
  await page.getByRole('checkbox', { name: 'Follow', checked: false }).waitFor();
  const place = await log.evaluate((box) => box.scrollTop);
  await appendLogLines(run.id, 10, 'later');
  await page.getByText(/^50\d\d lines/).waitFor();
  await page.waitForFunction(
    () => Number(/\d+/.exec(document.querySelector('.log-total')?.textContent ?? '')?.[0]) >= 5010,
  );
  expect(await log.evaluate((box) => box.scrollTop)).toBe(place);
  await page.getByLabel('Follow').check();
  await log.getByText('later 10', { exact: true }).waitFor();

  await page.keyboard.press('/');
  await page.keyboard.type('LINE 77');
  await page.getByText('11 hits', { exact: true }).waitFor(); // 77, and 770 to 779.
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.getByText('2 of 11 hits', { exact: true }).waitFor();
  await log.locator('.log-row', { hasText: 'line 770' }).locator('.log-current').waitFor();
  await page.getByLabel('Level').selectOption('Errors alone');
  await page.getByText('no hit', { exact: true }).waitFor();
  expect(new URL(page.url()).search).toBe('?tab=log&find=LINE+77&level=error');
  await page.getByText(/^50 of 50\d\d lines$/).waitFor();
  await client.runs.cancel(run.id);
  expect(errors).toEqual([]);
});

test('a spec says what was set, and is saved as it can be posted; a failure says why and what to do', async () => {
  const { client } = watched();
  const run = await finished({
    ...{ name: 'diverging', epochs: 3, optimizer: { name: 'sgd', learningRate: 1000 } },
    ...{ clip: null, terminateOnNaN: true, inputs: [{ columns: ['p0…p63'], scale: 'none' }] },
  });
  expect(run.state).toBe('failed');
  const { page, errors } = await open(`/runs/${run.id}?tab=spec`);
  await page.getByRole('region', { name: 'Why it failed' }).getByText('DIVERGED').waitFor();
  await button(page, 'What was set').click();
  const tree = page.locator('.spec-tree');
  await tree.getByText('learningRate', { exact: true }).waitFor();
  expect(await tree.getByText('stepsPerCall', { exact: true }).count()).toBe(0);
  await button(page, 'Everything').click();
  await tree.getByText('stepsPerCall', { exact: true }).waitFor();
  await picture(page, 'run-spec');
  expect(await accessibilityFaults(page)).toEqual([]);
  await expectNarrow(page, 'run-spec');
  const saving = page.waitForEvent('download');
  await button(page, /run\.json/).click();
  const text = await readFile(await (await saving).path(), 'utf8');
  expect(await client.runs.validate(JSON.parse(text) as NewRun)).toMatchObject({ ok: true });
  expect(errors).toEqual([]);
});
