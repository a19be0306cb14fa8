// Chromium with the dashboard, signed in.

import { chromium } from 'playwright-core';
import { browserProgram } from '../../../tools/setup/browser.mjs';

/** @typedef {import('../service/system.mjs').System} System */
/** @typedef {import('playwright-core').Page} Page */

/** The same as the tests' (test/support/browser.ts): drawing is done by the processor. */
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];

/** Does the work with a page; the browser ends with it. */
export async function withBrowser(
  /** @type {System} */ { url, apiKey },
  /** @type {(page: Page) => Promise<void>} */ work,
) {
  const browser = await chromium.launch({ executablePath: await browserProgram(), args: ARGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(url);
    await page.getByLabel('API key').fill(apiKey);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    await work(page);
  } finally {
    await browser.close();
  }
}
