// The frame of the dashboard: signing in, the theme, the keys, and what the browser is told not to do.

import { expect, test } from '@jest/globals';
import { accessibilityFaults, picture, signIn, useBrowser } from '../support/browser.js';
import { useSystem } from '../support/system.js';

const browser = useBrowser();
const system = useSystem({ WARM_TRAINERS: '0' });

test('a wrong key is refused with words, a right one shows the runs, and the tab remembers it', async () => {
  const { page, errors } = await browser.open();
  await page.goto(`${system.url}/runs?state=failed`);
  await picture(page, 'sign-in');
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByLabel('API key').fill('gs_wrong');
  await page.keyboard.press('Enter');
  expect(await page.getByRole('alert').textContent()).toMatch(/key/i);
  expect(errors.splice(0)).toEqual([expect.stringContaining('401')]);

  await page.getByLabel('API key').fill(system.apiKey);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Runs' }).waitFor();
  expect(new URL(page.url()).search).toBe('?state=failed');
  await page.reload();
  await page.getByRole('heading', { name: 'Runs' }).waitFor();
  expect(errors).toEqual([]);

  await page.getByRole('button', { name: /default/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByLabel('API key').waitFor();
});

test('keys lead everywhere, and ? lists them', async () => {
  const { page } = await browser.open();
  await signIn(page, system.url, system.apiKey);
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.keyboard.type('gn');
  await page.waitForURL('**/runs/new');
  await page.keyboard.type('gr');
  await page.waitForURL('**/runs');
});

// WCAG 2.1, 2.1.4: keys that are one character can be turned off. Enter and the arrows are none.
test('keys that are characters are turned off, for good, and on again without them', async () => {
  const { page } = await browser.open();
  await signIn(page, system.url, system.apiKey);
  const openKeys = async (): Promise<void> => {
    await page.getByRole('button', { name: /default/ }).click();
    await page.getByRole('menuitem', { name: 'Keys …' }).click();
  };
  const characters = page.getByRole('checkbox', { name: 'Letters and signs are keys' });
  await page.keyboard.press('?');
  await characters.uncheck();
  expect(await accessibilityFaults(page)).toEqual([]);
  await picture(page, 'keys');
  await page.keyboard.press('Escape');
  await page.reload();
  await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor();
  await page.keyboard.type('?gn');
  await openKeys(); // Comes after what the keys would have done.
  expect(await page.getByRole('dialog').count()).toBe(1);
  expect(new URL(page.url()).pathname).toBe('/runs');
  await characters.check();
  await page.keyboard.press('Escape');
  await page.keyboard.type('gn');
  await page.waitForURL('**/runs/new');
});

test('the focus goes back to where it was when a dialog closes', async () => {
  const { page } = await browser.open();
  await signIn(page, system.url, system.apiKey);
  const focused = () => page.evaluate(() => document.activeElement?.textContent);
  const link = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'New run' });
  await link.focus();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  expect(await focused()).toBe('✕');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await focused()).toBe('New run');
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await focused()).toBe('New run');
});

test('the theme is chosen, and kept', async () => {
  const { page } = await browser.open({ colorScheme: 'light' });
  await signIn(page, system.url, system.apiKey);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.getByRole('button', { name: 'Theme' }).click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  const dark = await background();
  expect(dark).not.toBe(light);
  await page.reload();
  expect(await background()).toBe(dark);
});

test('the page may load nothing of elsewhere, and its address answers to programs as before', async () => {
  const answer = await fetch(system.url);
  const policy = answer.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
  expect((await fetch(`${system.url}/runs/nowhere`)).headers.get('content-type')).toContain('text/html');
  expect((await fetch(`${system.url}/nowhere`)).headers.get('content-type')).toContain('problem+json');
  expect(await (await fetch(`${system.url}/v1`)).json()).toMatchObject({ dashboard: '/' });
});

test('an asset is kept for good; that one is missing, as between two versions, is not', async () => {
  const [asset = ''] = /\/assets\/[^"]+\.js/.exec(await (await fetch(system.url)).text()) ?? [];
  const found = await fetch(`${system.url}${asset}`);
  expect([found.status, found.headers.get('cache-control')]).toEqual([
    200,
    'public, max-age=31536000, immutable',
  ]);
  const missing = await fetch(`${system.url}/assets/index-00000000.js`);
  expect(missing.status).toBe(404);
  expect(missing.headers.get('cache-control') ?? '').not.toMatch(/immutable|max-age/);
});
