// The folder of this process for what lives no longer than it: attempts, and downloads that are not complete. What
// killed workers left is removed. Workers may share a data folder.

import { Config, Logger } from '@gradstream/platform';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { isAlive, nameProcess } from './liveness.js';

const SWEEP_MS = 60_000;
/** A worker of another host or container cannot be asked: it counts as dead when it has not touched its folder so long. */
const SILENT_MS = 15 * SWEEP_MS;

@Injectable()
export class WorkerFolder implements OnModuleInit, OnApplicationShutdown {
  readonly #all: string;
  #own: Promise<string> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    config: Config,
    private readonly logger: Logger,
  ) {
    this.#all = path.join(config.dataFolder, 'worker', 'processes');
  }

  /** A folder in ours, made when it is not there. */
  async folder(name: 'attempts' | 'checks' | 'downloads' | 'predictors'): Promise<string> {
    const folder = path.join(await this.#ownFolder(), name);
    await mkdir(folder, { recursive: true });
    return folder;
  }

  async onModuleInit(): Promise<void> {
    await this.#sweep();
    this.#timer = setInterval(() => void this.#sweep(), SWEEP_MS);
    this.#timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await rm(await this.#ownFolder(), { recursive: true, force: true });
  }

  #ownFolder(): Promise<string> {
    return (this.#own ??= nameProcess(process.pid).then((name) => path.join(this.#all, name)));
  }

  /** Shows that we live, and removes the folders of those who do not. A disk in trouble is no reason to end. */
  async #sweep(): Promise<void> {
    const { log } = this.logger;
    try {
      const own = await this.#ownFolder();
      await mkdir(own, { recursive: true });
      const now = new Date();
      await utimes(own, now, now);
      for (const name of await readdir(this.#all)) {
        const folder = path.join(this.#all, name);
        if (folder === own || (await this.#isNeeded(name, folder))) continue;
        await rm(folder, { recursive: true, force: true });
        log.info({ folder }, 'removed what a dead worker left');
      }
    } catch (err) {
      log.warn({ err }, 'the data folder could not be cleaned');
    }
  }

  async #isNeeded(name: string, folder: string): Promise<boolean> {
    const alive = await isAlive(name);
    if (alive !== null) return alive;
    const touched = await stat(folder).catch(() => null); // Another worker may have removed it.
    return touched === null || Date.now() - touched.mtimeMs < SILENT_MS;
  }
}
