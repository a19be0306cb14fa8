// A lock between processes: a file that names its holder. A holder that died holds nothing.

import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, processStat, readRecord } from './processes.mjs';

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
  const me = JSON.stringify({ pid: process.pid, startTicks: processStat(process.pid)?.startTicks ?? 0 });
  for (let waited = false; ; waited = true) {
    try {
      const handle = await open(file, 'wx', 0o600);
      await handle.writeFile(me);
      await handle.close();
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    const holder = readRecord(file);
    if (holder && !isAlive(holder)) await rm(file, { force: true });
    else if (!waited) onWait();
    await delay(200);
    if (!holder && !readRecord(file)) await rm(file, { force: true }); // Left empty by a process killed while writing.
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}
