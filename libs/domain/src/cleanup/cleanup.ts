// Removes what nobody needs any more: files whose rows were deleted, old answers to Idempotency-Keys, predictions that
// nobody waits for, and uploads that nobody completes.

import { Database, IdempotencyRepository, PredictionRepository } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { StaleUploads } from '../datasets/staleUploads.js';
import { DeletedFiles } from './deletedFiles.js';

/** How many of each kind one round takes. */
const BATCH = 200;
/** Age at which nobody waits for a prediction any more, in seconds. */
const OLD_PREDICTION = 60;

@Injectable()
export class Cleanup {
  constructor(
    private readonly database: Database,
    private readonly files: DeletedFiles,
    private readonly answers: IdempotencyRepository,
    private readonly predictions: PredictionRepository,
    private readonly uploads: StaleUploads,
  ) {}

  /** One round; returns how many of each. What fails is tried again in the next one. */
  async cleanUp(): Promise<{ answers: number; files: number }> {
    const answers = await this.database.asSystem(() => this.answers.forgetOld(BATCH));
    await this.database.asSystem(() => this.predictions.forgetOld(OLD_PREDICTION));
    const files = await this.files.remove(BATCH);
    await this.uploads.giveUp(BATCH);
    return { answers, files };
  }
}
