// Removes what nobody needs any more: files whose rows were deleted, old answers to Idempotency-Keys, predictions that
// nobody waits for, and uploads that nobody completes.

import {
  Database,
  DeletedObjectRepository,
  IdempotencyRepository,
  PredictionRepository,
} from '@gradstream/data';
import { Storage } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { StaleUploads } from '../datasets/staleUploads.js';

/** How many of each kind one round takes. */
const BATCH = 200;
/** Age at which nobody waits for a prediction any more, in seconds. */
const OLD_PREDICTION = 60;

@Injectable()
export class Cleanup {
  constructor(
    private readonly database: Database,
    private readonly deleted: DeletedObjectRepository,
    private readonly answers: IdempotencyRepository,
    private readonly predictions: PredictionRepository,
    private readonly storage: Storage,
    private readonly uploads: StaleUploads,
  ) {}

  /** One round; returns how many of each. What fails is tried again in the next one. */
  async cleanUp(): Promise<{ answers: number; files: number }> {
    const answers = await this.database.asSystem(() => this.answers.forgetOld(BATCH));
    await this.database.asSystem(() => this.predictions.forgetOld(OLD_PREDICTION));
    const keys = await this.database.asSystem(() => this.deleted.listDue(BATCH));
    for (const key of keys)
      // One transaction: a commit that would keep the file waits for it, and then finds the note gone.
      await this.database.asSystem(async () => {
        if (await this.deleted.take(key)) await this.storage.remove(key);
      });
    await this.uploads.giveUp(BATCH);
    return { answers, files: keys.length };
  }
}
