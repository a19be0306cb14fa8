// The page "New run" as a person uses it.

import type { Page } from 'playwright-core';

/** Opens the page with what is kept of a draft gone. */
export async function openNewRun(page: Page, url: string): Promise<void> {
  await page.evaluate(() => {
    sessionStorage.removeItem('gradstream.newRun');
  });
  await page.goto(`${url}/runs/new`);
  await page.getByRole('heading', { name: 'New run' }).waitFor();
  await page.getByRole('textbox', { name: 'All settings' }).waitFor();
}

/** Writes a text in place of all that an editor has. */
export async function writeEditor(page: Page, name: string, text: string): Promise<void> {
  await page.getByRole('textbox', { name }).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

/** What an editor has. */
export const readEditor = (page: Page, name: string): Promise<string> =>
  page.getByRole('textbox', { name }).innerText();

/** Drops a file on the page. */
export async function dropFile(page: Page, name: string, text: string): Promise<void> {
  const dropped = await page.evaluateHandle(
    ([fileName, content]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content], fileName, { lastModified: 1_700_000_000_000 }));
      return transfer;
    },
    [name, text] as const,
  );
  await page.locator('.new-run-drop').dispatchEvent('drop', { dataTransfer: dropped });
}
