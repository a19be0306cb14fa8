// Folders in which parts are made before they are moved to their place. The name tells who works there, so that what a
// killed set-up left can be known from what a living one is making.

import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { isAlive, processStat, runProgram } from '../lib/processes.mjs';

const NAME = /^\.tmp-(\d+)-(\d+)-/;

/** Removes a folder; Go makes the folders of its modules read-only. */
export async function removeFolder(/** @type {string} */ folder) {
  if (process.getuid?.() !== 0) await runProgram('chmod', ['-R', 'u+w', folder]);
  // A program that a killed set-up had started may still write for a moment.
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/**
 * Runs `work` in a folder of its own below `parent`, and removes it afterwards.
 * @param {string} parent made when it is missing
 * @param {(folder: string) => Promise<void>} work
 */
export async function inWorkFolder(parent, work) {
  await mkdir(parent, { recursive: true, mode: 0o755 });
  const owner = `${process.pid}-${processStat(process.pid)?.startTicks ?? 0}`;
  const folder = await mkdtemp(path.join(parent, `.tmp-${owner}-`));
  try {
    await work(folder);
  } finally {
    await removeFolder(folder);
  }
}

/** The folders below `parent` that dead set-ups left. @returns {Promise<string[]>} */
export async function findLeftovers(/** @type {string} */ parent) {
  const names = await readdir(parent).catch(() => []); // Nothing was ever made here.
  const left = names.filter((name) => {
    const [, pid, startTicks] = NAME.exec(name) ?? [];
    return pid && !isAlive({ pid: Number(pid), startTicks: Number(startTicks) });
  });
  return left.map((name) => path.join(parent, name));
}
