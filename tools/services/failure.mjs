// Why a service does not come up: the supervisor writes it down after some attempts, for those who wait.

import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { dataFolder } from '../lib/paths.mjs';

const file = (/** @type {string} */ name) => path.join(dataFolder(), 'run', `${name}.failure`);

/** Writes down a reason; a full disk may forbid that, and then those who wait see it by its absence. */
export async function writeFailure(/** @type {string} */ name, /** @type {string} */ reason) {
  await writeFile(file(name), reason, { mode: 0o600 });
}

/** Forgets the reason, for the service runs. */
export const clearFailure = (/** @type {string} */ name) => rm(file(name), { force: true });

/** The reason; null when there is none. @returns {string | null} */
export function readFailure(/** @type {string} */ name) {
  try {
    return readFileSync(file(name), 'utf8') || null;
  } catch {
    return null; // The usual case: there is no such file.
  }
}
