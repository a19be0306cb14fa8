// Why a program of set-up failed, as one sentence with the way out.

import { stripVTControlCharacters } from 'node:util';
import { SetupError } from '../lib/console.mjs';

/** Whether what a program wrote, or an error, speaks of a full disk. */
export const saysDiskFull = (/** @type {unknown} */ reason) =>
  /No space left on device|ENOSPC|EDQUOT|quota exceeded/i.test(
    reason instanceof Error ? `${Reflect.get(reason, 'code')} ${reason.message}` : String(reason),
  );

/** The failure of a full disk. */
export const diskFull = (/** @type {string} */ folder, /** @type {string} */ variable) =>
  new SetupError(
    `The disk is full: no space is left for ${folder}.`,
    `Free about 2 GB there${variable && `, or set ${variable} to a folder on another disk`}, then start again.`,
  );

/** The line of a program's output that says why it failed. */
export function reasonIn(/** @type {string} */ output, /** @type {RegExp} */ marked) {
  const lines = stripVTControlCharacters(output)
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return (lines.findLast((line) => marked.test(line)) ?? lines.at(-1) ?? 'it said nothing').replace(
    /\.$/,
    '',
  );
}
