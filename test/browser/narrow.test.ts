// Every page and every dialog at the width of a telephone: nothing is cut off, and nothing but a box of its own scrolls sideways.

import { expect, jest, test } from '@jest/globals';
import type { Run } from '@gradstream/sdk';
import type { Page } from 'playwright-core';
import { accessibilityFaults, picture, signIn, useBrowser } from '../support/browser.js';
import { untilEnd } from '../support/history.js';
import { useWatched } from '../support/watched.js';

jest.setTimeout(600_000);

const browser = useBrowser();
const watched = useWatched();
const WIDTH = 390;

/** What is wider than its place: the page, or the content of a dialog. */
const tooWide = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('dialog[open], dialog[open] .dialog-body')]
      .filter((element) => {
        const { left, right } = element.getBoundingClientRect();
        return element.scrollWidth > element.clientWidth || left < 0 || right > window.innerWidth;
      })
      .map((element) => `${element.tagName} ${element.className}: ${element.scrollWidth}`),
  );

async function open(): Promise<{ page: Page; go: (path: string, seen: string) => Promise<void> }> {
  const { system } = watched();
  const { page } = await browser.open({ viewport: { width: WIDTH, height: 844 } });
  await signIn(page, system.url, system.apiKey);
  return {
    page,
    go: async (path, seen) => {
      await page.goto(`${system.url}${path}`);
      await page.locator(seen).first().waitFor();
    },
  };
}

/** Looks at what is shown; returns what does not fit. */
async function look(page: Page, name: string): Promise<string[]> {
  await picture(page, `narrow-${name}`);
  return (await tooWide(page)).map((what) => `${name}: ${what}`);
}

async function trained(name: string, changes: object = {}): Promise<Run> {
  const { client, settings } = watched();
  const telemetry = { gradients: { normsEverySteps: 1, fullEverySteps: 20 } };
  const run = await client.runs.create({ ...settings, name, epochs: 1, telemetry, ...changes });
  await untilEnd(client, run.id);
  return run;
}

test('pages', async () => {
  const { client, settings } = watched();
  const run = await trained('a run with a name that is longer than a telephone is wide');
  const other = await trained('another', { batchSize: 64 });
  const { page, go } = await open();
  const found: string[] = [];
  const pages = [
    ['runs', '/runs', '.runs-card'],
    ['new-run', '/runs/new', '.json-editor'],
    ['compare', `/compare?runs=${run.id},${other.id}`, '.u-over'],
    ['parallel', `/compare?runs=${run.id},${other.id}&tab=parallel`, '.parallel-plot canvas'],
    ['project', '/project', '.project-states'],
    ['datasets', '/datasets', 'tbody tr'],
    ['dataset', `/datasets/${settings.dataset}`, 'tbody tr'],
    ['models', '/models', 'tbody tr'],
    ['model', `/models/${(await client.models.list()).data[0]?.id ?? ''}`, 'tbody tr'],
    ['metrics', `/runs/${run.id}`, '.u-over'],
    ['table', `/runs/${run.id}?table=loss`, '.chart-table tbody tr'],
    ['gradients', `/runs/${run.id}?tab=gradients`, '.heat-map'],
    ['system', `/runs/${run.id}?tab=system`, '.tabs-panel'],
    ['events', `/runs/${run.id}?tab=events`, '.tabs-panel'],
    ['checkpoints', `/runs/${run.id}?tab=checkpoints`, 'tbody tr'],
    ['log', `/runs/${run.id}?tab=log`, '.tabs-panel'],
    ['spec', `/runs/${run.id}?tab=spec`, '.spec-tree'],
  ] as const;
  for (const [name, path, seen] of pages) {
    await go(path, seen);
    found.push(...(await look(page, name)));
    if (name === 'compare' || name === 'gradients') found.push(...(await accessibilityFaults(page)));
  }
  expect(found).toEqual([]);
});

test('dialogs and menus', async () => {
  const { client, settings } = watched();
  const run = await trained('to be asked about');
  const { id } = await client.runs.create({ ...settings, name: 'stopped', epochs: 2000 });
  await client.runs.cancel(id);
  await untilEnd(client, id);
  const { page, go } = await open();
  const found: string[] = [];
  const dialog = page.getByRole('dialog');
  const inDialog = async (name: string): Promise<void> => {
    await dialog.waitFor();
    found.push(...(await look(page, name)));
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  };
  await go('/runs', '.runs-card');
  await page.keyboard.press('?');
  await inDialog('keys');
  await page.getByRole('button', { name: /default/ }).click();
  found.push(...(await look(page, 'project-menu')));
  await page.getByRole('menuitem', { name: /Add another/ }).click();
  await inDialog('add-key');
  await page.getByRole('button', { name: 'Metrics …' }).click();
  await inDialog('runs-metrics');
  for (const [item, name] of [
    [/Tags and notes/, 'runs-edit'],
    [/Delete/, 'runs-delete'],
  ] as const) {
    await page.getByRole('button', { name: 'Commands for stopped' }).click();
    await page.getByRole('menuitem', { name: item }).click();
    await inDialog(name);
  }
  await page.getByRole('checkbox', { name: 'Select stopped' }).click();
  await page.getByRole('button', { name: 'Cancel …' }).click();
  await inDialog('runs-cancel');

  await go(`/runs/${id}`, '.tabs-panel');
  for (const [keys, name] of [
    ['e', 'notes'],
    ['f', 'fork'],
  ] as const) {
    await page.keyboard.press(keys);
    await inDialog(name);
  }
  await go(`/runs/${run.id}?tab=checkpoints`, 'tbody tr');
  await page
    .getByRole('button', { name: /^Predict with/ })
    .first()
    .click();
  await dialog.waitFor();
  await page.getByRole('button', { name: 'Fill in rows of its dataset' }).click();
  await page.waitForFunction(() => document.querySelector('textarea')?.value.startsWith('['));
  await page.getByRole('button', { name: 'Predict', exact: true }).last().click();
  await dialog.getByRole('columnheader', { name: 'probability' }).waitFor();
  await inDialog('predict');
  await go(`/compare?runs=${run.id},${id}&tab=parallel`, '.parallel-bar');
  await page.getByRole('button', { name: /^Axes:/ }).click();
  await inDialog('axes');
  await go(`/datasets/${settings.dataset}`, 'tbody tr');
  await page.getByRole('button', { name: 'Delete …' }).click();
  await inDialog('dataset-delete');
  expect(found).toEqual([]);
});
