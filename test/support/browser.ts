// A real Chromium for the tests of the dashboard.

import { afterAll, beforeAll } from '@jest/globals';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

/** Nothing but the page itself is fetched, and the sandbox is off for root, who may not have one. */
const ARGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

const pictures = path.resolve(import.meta.dirname, '../../.gradstream/screenshots');

export interface Pages {
  /** A page in a context of its own. */
  open(options?: BrowserContextOptions): Promise<OpenPage>;
}

export interface OpenPage {
  readonly page: Page;
  /** Errors of the page's scripts, and of the browser about it, so far. */
  readonly errors: string[];
}

/** A browser for all tests of a file. */
export function useBrowser(): Pages {
  let browser: Browser | undefined;
  beforeAll(async () => {
    const executablePath = process.env['GRADSTREAM_CHROMIUM'];
    if (!executablePath) throw new Error('no browser is named: run this with "npm test -- --ring browser"');
    browser = await chromium.launch({ executablePath, args: ARGS });
  });
  afterAll(async () => {
    await browser?.close();
  });
  return {
    open: async (options = {}) => {
      if (!browser) throw new Error('the browser starts before the first test');
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      return { page, errors };
    },
  };
}

/** Signs in by the form, as a person does. */
export async function signIn(page: Page, url: string, apiKey: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel('API key').fill(apiKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
}

/** Does something with the page in light and in dark, and leaves it as its person set it. */
async function inBothSchemes(page: Page, act: (scheme: 'light' | 'dark') => Promise<void>): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await act(colorScheme);
  }
  await page.emulateMedia({ colorScheme: null });
}

/** What axe checks that hangs on colours. */
const OF_COLORS = ['color-contrast', 'link-in-text-block'];

/** What axe finds that is serious or critical, by the rules of WCAG 2.1 A and AA: in light, and of colours in dark, too. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const faults: string[] = [];
  await inBothSchemes(page, async (scheme) => {
    const axe = new AxeBuilder({ page });
    const { violations } = await (
      scheme === 'light'
        ? axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
        : axe.withRules(OF_COLORS)
    ).analyze();
    for (const { id, impact, nodes } of violations)
      if (impact === 'serious' || impact === 'critical')
        faults.push(`${scheme}: ${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  });
  return faults;
}

/** Writes a picture of the page, light and dark, for people to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(pictures, { recursive: true });
  await inBothSchemes(page, async (scheme) => {
    await page.screenshot({ path: path.join(pictures, `${name}-${scheme}.png`) });
  });
}
