// What a person does with charts: zooms, locks, smooths, points, reads, and takes away.

import { beforeAll, expect, jest, test } from '@jest/globals';
import type { NewRun, Run } from '@gradstream/sdk';
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { accessibilityFaults, picture, signIn, useBrowser } from '../support/browser.js';
import { pointsOf, readSeries, untilEnd, untilTrains } from '../support/history.js';
import { useWatched } from '../support/watched.js';

jest.setTimeout(120_000);

const browser = useBrowser();
const watched = useWatched();

const EPOCHS = 60;

/** A run that was paused on its way and has ended, for tests that only look. */
let ended: Run;
interface End {
  readonly step: number;
  readonly seconds: number;
}

/** Its steps, and their moments in seconds since 1970. */
let told: End[];

async function started(changes: Partial<NewRun>): Promise<Run> {
  const { client, settings } = watched();
  const run = await client.runs.create({ ...settings, ...changes });
  await untilTrains(client, run.id);
  return run;
}

beforeAll(async () => {
  const { client } = watched();
  const { id } = await started({ name: 'looked at', epochs: EPOCHS });
  await client.runs.pause(id);
  for await (const { events } of client.runs.followEvents(id))
    if (events.some(({ event }) => event.type === 'stateChanged' && event.to === 'paused')) break;
  await client.runs.resume(id);
  await untilEnd(client, id);
  ended = await client.runs.get(id);
  told = [];
  for await (const { step, time, values } of pointsOf(client, id))
    if (values['loss'] !== undefined) told.push({ step, seconds: Date.parse(time) / 1000 });
});

/** The page of a run, of a person who has signed in; its charts have values. */
async function open(run: Run, query = ''): Promise<{ page: Page; errors: string[] }> {
  const { system } = watched();
  const opened = await browser.open({ acceptDownloads: true });
  await signIn(opened.page, system.url, system.apiKey);
  await opened.page.goto(`${system.url}/runs/${run.id}${query}`);
  await number(opened.page).filter({ hasText: /\d/ }).waitFor();
  return opened;
}

/** The first and the last step that the page has of a run, with their moments in seconds since 1970. */
async function endsOf({ id }: Run): Promise<[End, End]> {
  const { clock } = await watched().client.runs.sampledMetrics(id, 2000);
  const endAt = (at: number): End => ({
    step: clock.steps.at(at) ?? NaN,
    seconds: Date.parse(clock.times.at(at) ?? '') / 1000,
  });
  return [endAt(0), endAt(-1)];
}

const chart = (page: Page, id = 'loss'): Locator => page.locator(`[data-chart="${id}"]`);
/** The number beside a line's name. */
const number = (page: Page, line = 'loss', id = 'loss'): Locator =>
  chart(page, id).locator(`[data-value="${line}"]`);
const position = (page: Page, id = 'loss'): Locator => chart(page, id).locator('.chart-legend-at');
const stepAt = async (page: Page, id: string): Promise<number> =>
  Number((await position(page, id).textContent())?.replaceAll(',', ''));
const tool = (page: Page, name: string): Locator => chart(page).getByRole('button', { name, exact: true });
const query = (page: Page, name: string): string | null => new URL(page.url()).searchParams.get(name);
const untilQuery = (page: Page, name: string, value: string | RegExp): Promise<void> =>
  page.waitForURL((url) => {
    const found = url.searchParams.get(name) ?? '';
    return typeof value === 'string' ? found === value : value.test(found);
  });

/** Where the plot of the loss is on the screen. */
async function plotBox(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await chart(page).locator('.u-over').boundingBox();
  if (!box) throw new Error('the chart is not drawn');
  return box;
}

test('a chart that is locked can be made logarithmic, and a link to it opens', async () => {
  const { page, errors } = await open(ended);
  await tool(page, 'Lock').click();
  await tool(page, 'Log').click();
  await untilQuery(page, 'log', 'loss');
  await chart(page).locator('canvas').waitFor();
  await page.reload();
  await number(page).filter({ hasText: /\d/ }).waitFor();
  await tool(page, 'Log').click();
  await untilQuery(page, 'log', '');
  expect(query(page, 'lock')).toBe('loss');
  expect(errors).toEqual([]);
});

test('a drag zooms on each axis, 0 and a double click show all again', async () => {
  const { page, errors } = await open(ended);
  const [first, last] = await endsOf(ended);
  const perEpoch = last.step / EPOCHS;
  const axes = [
    ['Step', '', first.step, last.step],
    ['Epoch', 'epoch', first.step / perEpoch, EPOCHS],
    ['Relative', 'relative', 0, last.seconds - first.seconds],
    ['Wall time', 'wall', first.seconds, last.seconds],
  ] as const;
  const choice = page.getByRole('radiogroup', { name: 'Horizontal axis' });
  for (const [name, inAddress, low, high] of axes) {
    if (inAddress !== '') {
      // Another axis is another plot.
      const before = await chart(page).locator('.uplot').elementHandle();
      await choice.getByText(name, { exact: true }).click();
      await untilQuery(page, 'x', inAddress);
      await before.waitForElementState('hidden');
    }
    const { x, y, width, height } = await plotBox(page);
    await page.mouse.move(x + width / 4, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + (3 * width) / 4, y + height / 2, { steps: 4 });
    await page.mouse.up();
    await untilQuery(page, 'zoom', /~/);
    const ends = (query(page, 'zoom') ?? '').split('~').map(Number);
    const shares = ends.map((end) => (end - low) / (high - low));
    const isQuarter = Math.abs((shares[0] ?? 0) - 0.25) < 0.02 && Math.abs((shares[1] ?? 0) - 0.75) < 0.02;
    expect([name, ...shares, isQuarter]).toEqual([name, ...shares, true]);
    if (name === 'Step') {
      await page.mouse.dblclick(x + width / 2, y + height / 2);
    } else {
      await page.keyboard.press('0');
    }
    await untilQuery(page, 'zoom', '');
  }
  expect(errors).toEqual([]);
});

test('the smoothing follows keys one after the other, and a drag that rests', async () => {
  const { page, errors } = await open(ended);
  const slider = page.getByRole('slider', { name: 'Smoothing' });
  await slider.focus();
  for (const value of ['0.01', '0.02', '0.03']) {
    await page.keyboard.press('ArrowRight');
    await untilQuery(page, 'smooth', value);
  }
  expect(await slider.evaluate((element) => element === document.activeElement)).toBe(true);
  const box = await slider.boundingBox();
  if (!box) throw new Error('there is no slider');
  const to = (share: number) => page.mouse.move(box.x + share * box.width, box.y + box.height / 2);
  await to(0.25);
  await page.mouse.down();
  await untilQuery(page, 'smooth', /^0\.2/);
  await to(0.5);
  await untilQuery(page, 'smooth', /^0\.[45]/);
  await to(0.75);
  await untilQuery(page, 'smooth', /^0\.7/);
  await page.mouse.up();
  await page.reload();
  expect(await slider.inputValue()).toBe(query(page, 'smooth'));
  expect(errors).toEqual([]);
});

test('the crosshair of the keys is on all charts, and goes with Escape and with the focus', async () => {
  const { page, errors } = await open(ended);
  const rest = (await number(page).textContent()) ?? '';
  const canvas = chart(page).locator('.chart-canvas');
  for (const leave of ['Escape', 'Tab']) {
    await canvas.focus();
    await page.keyboard.press('ArrowRight');
    await position(page).filter({ hasText: /\d/ }).waitFor();
    await page.keyboard.press('Shift+ArrowLeft');
    await position(page, 'accuracy').filter({ hasText: /\d/ }).waitFor();
    const [here = 0, there = 0] = await Promise.all(['loss', 'accuracy'].map((id) => stepAt(page, id)));
    expect(Math.abs(here - there)).toBeLessThan(10); // The page has not all steps of a series, and other ones of another.
    expect(await number(page).textContent()).not.toBe(rest);
    await page.keyboard.press(leave);
    await number(page).filter({ hasText: rest }).waitFor();
    for (const id of ['loss', 'accuracy']) expect(await position(page, id).textContent()).toBe('');
  }
  expect(errors).toEqual([]);
});

test('a pause is named where the crosshair meets it, by its moment on axes of time, and in the table', async () => {
  const { client } = watched();
  const { page, errors } = await open(ended, '?x=wall');
  const { events } = await client.runs.events(ended.id, { limit: 500 });
  const momentOf = (state: string): number => {
    const found = events.find(({ event }) => event.type === 'stateChanged' && event.to === state);
    return Date.parse(found?.time ?? '') / 1000;
  };
  const resumed = events.findLast(({ event }) => event.type === 'stateChanged' && event.to === 'queued');
  const { x, y, width, height } = await plotBox(page);
  const [{ seconds: low }, { seconds: high }] = await endsOf(ended);
  const note = chart(page).locator('.chart-note');
  const pointTo = async (seconds: number): Promise<void> => {
    await page.mouse.move(x + width / 2, y + height / 4); // A pointer that stays where it is says nothing.
    await page.mouse.move(x + ((seconds - low) / (high - low)) * width, y + height / 2);
  };
  await pointTo(momentOf('paused'));
  await note.filter({ hasText: 'paused' }).waitFor();
  await picture(page, 'chart-pause');
  expect(await accessibilityFaults(page)).toEqual([]);
  await pointTo(Date.parse(resumed?.time ?? '') / 1000);
  await note.filter({ hasText: 'resumed' }).waitFor();
  // The table has the newest rows of what is in sight: some before the pause and some after it.
  const after = told.findIndex(({ seconds }) => seconds > momentOf('paused'));
  const ends = [after - 10, after + 100].map((at) => told.at(Math.max(0, at))?.seconds);
  const { system } = watched();
  await page.goto(`${system.url}/runs/${ended.id}?x=wall&table=loss&zoom=${ends.join('~')}`);
  await chart(page).getByRole('columnheader', { name: 'What happened' }).waitFor();
  await chart(page)
    .getByRole('cell', { name: /paused/ })
    .first()
    .waitFor();
  await picture(page, 'chart-table');
  expect(errors).toEqual([]);
});

test('a picture and the numbers of a chart are saved', async () => {
  const { client } = watched();
  const { page, errors } = await open(ended);
  const save = async (what: string): Promise<Buffer> => {
    const saving = page.waitForEvent('download');
    await chart(page).getByRole('button', { name: 'Save' }).click();
    await page.getByRole('menuitem', { name: what }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe(what.includes('PNG') ? 'loss.png' : 'loss.csv');
    return readFile(await saved.path());
  };
  const [header = '', ...rows] = (await save('Numbers (CSV)')).toString().trim().split('\r\n');
  expect(header).toBe('step,train,validation');
  const series = await readSeries(client, ended.id);
  for (const row of rows) {
    const [step = '', ...cells] = row.split(',');
    const stored = ['loss', 'valLoss'].map((name) => String(series.get(`${name} ${step}`)?.[0] ?? ''));
    expect(cells.join('')).not.toBe('');
    // A series of which not all steps are in the page has none there.
    expect([step, ...cells]).toEqual([step, ...stored.map((text, at) => (cells[at] === '' ? '' : text))]);
  }
  expect(rows.length).toBeGreaterThan(1000); // All of those that the page has: 2,000 at most.
  const png = await save('Picture (PNG)');
  const colors = await page.evaluate(async (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    context?.drawImage(image, 0, 0);
    const { data } = context?.getImageData(0, 0, image.width, image.height) ?? { data: [] };
    return new Set(new Uint32Array(Uint8Array.from(data).buffer)).size;
  }, png.toString('base64'));
  // A background, a grid, letters and lines with their edges.
  expect(colors).toBeGreaterThan(10);
  expect(errors).toEqual([]);
});

test('while a run goes on, legends do too: of hidden lines, and beside a table', async () => {
  const { client } = watched();
  const run = await started({ name: 'going on', epochs: 5000 });
  const { page, errors } = await open(run, '?hide=loss/loss&table=gradientNorm');
  for (const [line, id] of [
    ['loss', 'loss'],
    ['gradientNorm', 'gradientNorm'],
  ] as const) {
    await number(page, line, id).filter({ hasText: /\d/ }).waitFor();
    // The numbers of a network that learns change with each step.
    const before = (await number(page, line, id).textContent()) ?? '';
    await page.waitForFunction(
      ([selector, text]) => document.querySelector(selector ?? '')?.textContent !== text,
      [`[data-chart="${id}"] [data-value="${line}"]`, before],
    );
  }
  await client.runs.cancel(run.id);
  expect(errors).toEqual([]);
});
