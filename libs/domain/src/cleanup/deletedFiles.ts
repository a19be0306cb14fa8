// Files whose rows were deleted, removed from the storage.

import { Database, DeletedObjectRepository } from '@gradstream/data';
import { isServiceAway, Logger, Storage } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';

/** When a file is tried again that the storage refused to remove. */
const REFUSED_SECONDS = 3600;

@Injectable()
export class DeletedFiles {
  constructor(
    private readonly database: Database,
    private readonly deleted: DeletedObjectRepository,
    private readonly storage: Storage,
    private readonly logger: Logger,
  ) {}

  /** Removes so many at most; returns how many it did. Throws when a service is away. */
  async remove(limit: number): Promise<number> {
    const keys = await this.database.asSystem(() => this.deleted.listDue(limit));
    let removed = 0;
    for (const key of keys)
      try {
        removed += await this.#removeOne(key);
      } catch (err) {
        if (isServiceAway(err)) throw err;
        this.logger.log.warn({ err, file: key }, 'a file could not be removed');
        await this.database.asSystem(() => this.deleted.postpone(key, REFUSED_SECONDS));
      }
    return removed;
  }

  /** One transaction: a commit that would keep the file waits for it, and then finds the note gone. */
  async #removeOne(key: string): Promise<0 | 1> {
    return this.database.asSystem(async () => {
      if (!(await this.deleted.take(key))) return 0;
      await this.storage.remove(key);
      return 1;
    });
  }
}
