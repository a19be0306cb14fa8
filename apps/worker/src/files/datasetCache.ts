// Local copies of datasets' files, keyed by content. An attempt uses a copy by a hard link in its own folder: the file's count
// of links tells every worker of the data folder what is in use, and a folder that is removed gives its copy back.

import { GradstreamError } from '@gradstream/contracts';
import { Config, Logger, Storage } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { atATime } from '../support/atATime.js';
import { WorkerFolder } from './workerFolder.js';

/** A file of a dataset as Postgres knows it. */
export interface DatasetObject {
  readonly objectKey: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** One that has a name in its dataset. */
interface NamedObject extends DatasetObject {
  readonly name: string;
}

/** Files of a dataset that are downloaded at the same time. */
const DOWNLOADS = 4;

/** Copies, and those of a version that kept datasets as CSV. */
const NAME = /^[0-9a-f]{64}(\.csv)?$/;

@Injectable()
export class DatasetCache {
  readonly #folder: string;
  readonly #limit: number;

  constructor(
    config: Config,
    private readonly storage: Storage,
    private readonly worker: WorkerFolder,
    private readonly logger: Logger,
  ) {
    this.#folder = path.join(config.dataFolder, 'worker', 'datasets');
    this.#limit = config.worker.cacheBytes;
  }

  /**
   * Puts a file at `target`, which is the attempt's to remove. Throws DATASET_UNREADABLE when the stored
   * object is not what was checked.
   */
  async provide(dataset: DatasetObject, target: string, signal: AbortSignal): Promise<void> {
    if (await this.#find(dataset, target)) return;
    await this.trim(dataset.bytes);
    await this.#fetch(dataset, target, signal);
  }

  /** The same for files of a dataset, into a folder under their names; room is made once for all that are missing. */
  async provideAll(files: readonly NamedObject[], folder: string, signal: AbortSignal): Promise<void> {
    const targetOf = ({ name }: NamedObject): string => path.join(folder, name);
    const missing: NamedObject[] = [];
    // First, so that nothing goes that is needed.
    for (const file of files) if (!(await this.#find(file, targetOf(file)))) missing.push(file);
    if (missing.length === 0) return;
    await this.trim(missing.reduce((sum, { bytes }) => sum + bytes, 0));
    await atATime(DOWNLOADS, missing, signal, (file, stop) => this.#fetch(file, targetOf(file), stop));
  }

  /** Removes copies that nothing uses, the one not used for longest first, until `incoming` more bytes fit the limit. */
  async trim(incoming = 0): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    const found = await Promise.all(
      names
        .filter((name) => NAME.test(name))
        .map(async (name) => {
          const file = path.join(this.#folder, name);
          const stats = await stat(file).catch(() => null); // Another worker may have removed it.
          return {
            file,
            bytes: stats?.size ?? 0,
            usedAt: stats?.mtimeMs ?? 0,
            inUse: (stats?.nlink ?? 0) > 1,
          };
        }),
    );
    let total = incoming + found.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { file, bytes } of found.filter((copy) => !copy.inUse).sort((a, b) => a.usedAt - b.usedAt)) {
      if (total <= this.#limit) return;
      await rm(file, { force: true });
      total -= bytes;
      this.logger.log.debug({ file, bytes }, 'removed a copy of a dataset');
    }
  }

  #copyOf({ sha256 }: DatasetObject): string {
    return path.join(this.#folder, sha256);
  }

  /** Links the copy of a file; false when there is none. */
  async #find(dataset: DatasetObject, target: string): Promise<boolean> {
    await mkdir(this.#folder, { recursive: true });
    const file = this.#copyOf(dataset);
    const cached = await stat(file).catch(() => null);
    return cached?.size === dataset.bytes && this.#use(file, target);
  }

  /** Links a copy and notes its use; false when it is gone meanwhile. */
  async #use(file: string, target: string): Promise<boolean> {
    try {
      await link(file, target);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
      throw error;
    }
    const now = new Date();
    await utimes(target, now, now);
    return true;
  }

  /** Downloads a copy. Its hash is checked before it gets the name that others find it by. */
  async #fetch(dataset: DatasetObject, target: string, signal: AbortSignal): Promise<void> {
    const temporary = path.join(await this.worker.folder('downloads'), randomUUID());
    try {
      const { sha256 } = await this.storage.downloadTo(dataset.objectKey, temporary, signal);
      if (sha256 !== dataset.sha256) {
        const detail = 'The stored dataset is not the one that was checked: upload it again.';
        throw new GradstreamError('DATASET_UNREADABLE', detail);
      }
      await link(temporary, target);
      await rename(temporary, this.#copyOf(dataset));
    } finally {
      await rm(temporary, { force: true });
    }
  }
}
