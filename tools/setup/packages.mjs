// The npm packages of a checkout.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SetupError } from '../lib/console.mjs';
import { runProgram } from '../lib/processes.mjs';
import { step, watched } from '../lib/progress.mjs';
import { diskFull, reasonIn, saysDiskFull } from './failures.mjs';

/** The file that says which lock file the packages were installed from. */
export const stampFile = (/** @type {string} */ checkout) =>
  path.join(checkout, 'node_modules', '.gradstream-lock-sha256');

/**
 * The folders that `npm ci` will make on this machine.
 * @param {string} lock content of package-lock.json
 * @returns {string[]} relative to the checkout
 */
export function packageFolders(lock) {
  /** @type {Record<string, { link?: boolean, os?: string[], cpu?: string[] }>} */
  const entries = JSON.parse(lock).packages ?? {};
  return Object.entries(entries)
    .filter(([name, { link, os, cpu }]) => {
      const fits = (os ?? [process.platform]).includes(process.platform);
      return (
        /(^|\/)node_modules\//.test(name) && !link && fits && (cpu ?? [process.arch]).includes(process.arch)
      );
    })
    .map(([name]) => name);
}

/** Installs the packages when the lock file changed since the last time. */
export async function installPackages(/** @type {string} */ checkout) {
  const lock = await readFile(path.join(checkout, 'package-lock.json'), 'utf8');
  const wanted = createHash('sha256').update(lock).digest('hex');
  const found = await readFile(stampFile(checkout), 'utf8').catch(() => '');
  if (found === wanted) return;
  await step('npm packages', async (report) => {
    await rm(stampFile(checkout), { force: true }); // From here on they are neither the old ones nor the new.
    const folders = packageFolders(lock);
    const args = ['ci', '--no-audit', '--no-fund', '--loglevel', 'warn'];
    const { code, output } = await watched(runProgram('npm', args, { cwd: checkout }), async () => {
      const done = folders.filter((name) => existsSync(path.join(checkout, name, 'package.json'))).length;
      report('installing', { done, total: folders.length, unit: 'packages' });
    });
    if (code === -1)
      throw new SetupError('npm was not found.', 'Install Node 20 or newer together with npm.');
    if (saysDiskFull(output)) {
      // A file that could not be written is a mere warning to npm.
      await rm(path.join(checkout, 'node_modules'), { recursive: true, force: true });
      throw diskFull(path.join(checkout, 'node_modules'), '');
    }
    if (code !== 0) {
      throw new SetupError(
        `npm could not install the packages: ${npmReason(output)}.`,
        'Check the network and the npm configuration (npm config list), then start again.',
      );
    }
    await writeFile(stampFile(checkout), wanted);
  });
}

/** The line in which npm says why, without its prefix. */
function npmReason(/** @type {string} */ output) {
  const told = output
    .split('\n')
    .map((line) => /^npm (?:error|ERR!) (.*)$/.exec(line)?.[1] ?? '')
    .filter((line) => /\s/.test(line) && !/^(code|errno|syscall|type) |complete log/.test(line));
  return told[0]?.replace(/\.$/, '') ?? reasonIn(output, /error/i);
}
