// Chromium, for the tests of the dashboard: the machine's own, or Debian's package where we may install it.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { SetupError } from '../lib/console.mjs';
import { runProgram } from '../lib/processes.mjs';
import { step } from '../lib/progress.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** The first of some programs that is on the PATH. @returns {string | undefined} */
const onPath = (/** @type {string[]} */ names) =>
  names
    .flatMap((name) => (process.env.PATH ?? '').split(':').map((folder) => path.join(folder, name)))
    .find((file) => existsSync(file));

const missing = (/** @type {string} */ why) =>
  new SetupError(
    `Chromium was not found, and could not be installed: ${why}.`,
    'Install it (on Debian: apt-get install chromium), or name it in GRADSTREAM_CHROMIUM.',
  );

/** Installs Debian's package. The lists of packages are fetched first: on a fresh machine there are none. */
async function install() {
  const apt = onPath(['apt-get']);
  if (apt === undefined || process.getuid?.() !== 0)
    throw missing('that needs apt-get and the rights of root');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    const { code, output } = await runProgram(apt, args, { env });
    if (code !== 0) throw missing(output.trim().split('\n').at(-1) ?? `apt-get ended with ${code}`);
  }
}

/** The program that draws pages; installed when it is missing. @returns {Promise<string>} */
export async function browserProgram() {
  const { GRADSTREAM_CHROMIUM: named } = process.env;
  if (named !== undefined) {
    if (existsSync(named)) return named;
    throw new SetupError(`GRADSTREAM_CHROMIUM is ${named}, where no file is.`, 'Correct it, or unset it.');
  }
  const found = onPath(NAMES);
  if (found !== undefined) return found;
  await step('Chromium, for the tests of the dashboard', install);
  const installed = onPath(NAMES);
  if (installed === undefined) throw missing('the package has no such program');
  return installed;
}
