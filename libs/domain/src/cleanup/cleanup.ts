// Removes what nobody needs any more: files whose rows were deleted, and old answers to Idempotency-Keys.

import { Database, DeletedObjectRepository, IdempotencyRepository } from '@gradstream/data';
import { Storage } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';

/** How many of each kind one round takes. */
const BATCH = 200;

@Injectable()
export class Cleanup {
  constructor(
    private readonly database: Database,
    private readonly deleted: DeletedObjectRepository,
    private readonly answers: IdempotencyRepository,
    private readonly storage: Storage,
  ) {}

  /** One round; returns how many of each. What fails is tried again in the next one. */
  async cleanUp(): Promise<{ answers: number; files: number }> {
    const answers = await this.database.asSystem(() => this.answers.forgetOld(BATCH));
    const keys = await this.database.asSystem(() => this.deleted.listDue(BATCH));
    for (const key of keys)
      // One transaction: a commit that would keep the file waits for it, and then finds the note gone.
      await this.database.asSystem(async () => {
        if (await this.deleted.take(key)) await this.storage.remove(key);
      });
    return { answers, files: keys.length };
  }
}
