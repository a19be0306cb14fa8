// A lock between processes: a file that names its holder. A holder that died holds nothing.

import { randomUUID } from 'node:crypto';
import { link, mkdir, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, processStat, readRecord } from './processes.mjs';

/** After this long a clearing counts as abandoned: it takes a millisecond. */
const ABANDONED_MS = 5000;

/** Whether an error has a code. */
const hasCode = (/** @type {unknown} */ error, /** @type {string} */ code) =>
  error instanceof Error && 'code' in error && error.code === code;

/** Takes the lock if it is free. The file appears with its content, never empty. @returns {Promise<boolean>} */
async function take(/** @type {string} */ file) {
  const own = `${file}.${randomUUID()}`;
  await writeFile(
    own,
    JSON.stringify({ pid: process.pid, startTicks: processStat(process.pid)?.startTicks ?? 0 }),
  );
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** Removes the lock of a dead holder. One process at a time, or a late one would remove its successor's. */
async function clearDead(/** @type {string} */ file) {
  const guard = `${file}.clearing`;
  try {
    await mkdir(guard);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    const since = (await stat(guard).catch(() => null))?.mtimeMs ?? Date.now();
    if (Date.now() - since > ABANDONED_MS) await rmdir(guard).catch(() => {}); // Another one was faster.
    return;
  }
  try {
    const holder = readRecord(file); // None: it was given back, and may be taken any moment.
    if (holder && !isAlive(holder)) await rm(file, { force: true });
  } finally {
    await rmdir(guard);
  }
}

/**
 * Runs `work` while no other process runs it under the same lock.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {() => void} [onWait] called once when another process holds the lock
 * @returns {Promise<T>}
 */
export async function withLock(file, work, onWait = () => {}) {
  await mkdir(path.dirname(file), { recursive: true });
  for (let told = false; !(await take(file));) {
    if (!isAlive(readRecord(file))) {
      await clearDead(file);
      await delay(10);
      continue;
    }
    if (!told) onWait();
    told = true;
    await delay(100);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}
