// Our own two processes under `npm start`: started again when they crash, stopped in order, and found again after a
// killed start.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { dataFolder, root } from '../lib/paths.mjs';
import { stopRecorded, writeRecord } from '../lib/processes.mjs';

const MAX_BACKOFF_MS = 5000;
const STABLE_MS = 10_000;

/** Where a process is written down. */
export const recordOf = (/** @type {string} */ name) => path.join(dataFolder(), 'run', `app-${name}.json`);

/** One of our processes. */
export class AppProcess {
  #stopping = false;
  #backoff = 250;

  /**
   * @param {string} name folder in apps/
   * @param {NodeJS.ProcessEnv} env
   * @param {number | import('node:fs').WriteStream} log where its output goes
   */
  constructor(name, env, log) {
    this.name = name;
    this.env = env;
    this.log = log;
  }

  /** Starts it, and again whenever it ends, until `stop`. */
  async start() {
    await stopRecorded(recordOf(this.name)); // What a killed start left.
    this.#spawn();
  }

  /** Stops it; resolves when it has ended. */
  async stop() {
    this.#stopping = true;
    await stopRecorded(recordOf(this.name), 'SIGTERM', 25_000);
  }

  #spawn() {
    const started = Date.now();
    const program = path.join(root, 'apps', this.name, 'dist', 'main.js');
    // Detached: a Ctrl-C in the terminal reaches us alone, and we stop things in order.
    const child = spawn(process.execPath, [program], {
      cwd: root,
      env: this.env,
      detached: true,
      stdio: ['ignore', this.log, this.log],
    });
    if (child.pid !== undefined) writeRecord(recordOf(this.name), child.pid);
    child.once('exit', (code, signal) => void this.#again(code, signal, started));
  }

  async #again(
    /** @type {number | null} */ code,
    /** @type {string | null} */ signal,
    /** @type {number} */ started,
  ) {
    if (this.#stopping) return;
    this.#backoff = Date.now() - started > STABLE_MS ? 250 : Math.min(MAX_BACKOFF_MS, this.#backoff * 2);
    console.log(`The ${this.name} ended with ${signal ?? code}; starting it again in ${this.#backoff} ms.`);
    await delay(this.#backoff);
    if (!this.#stopping) this.#spawn();
  }
}
