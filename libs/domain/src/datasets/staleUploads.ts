// Uploads that were planned long ago and never completed: their parts take room in the storage, and nobody else removes them.

import { countOf, type ProblemItem } from '@gradstream/contracts';
import { Database, DatasetRepository, DeletedObjectRepository, type DatasetRow } from '@gradstream/data';
import { Config, isServiceAway, Logger } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { DatasetUploads, UPLOAD_SECONDS } from './uploads.js';

const DAY_SECONDS = 24 * 60 * 60;

@Injectable()
export class StaleUploads {
  constructor(
    private readonly database: Database,
    private readonly datasets: DatasetRepository,
    private readonly objects: DeletedObjectRepository,
    private readonly uploads: DatasetUploads,
    private readonly config: Config,
    private readonly logger: Logger,
  ) {}

  /**
   * Ends up to `limit` of them: the dataset is rejected, with a problem that says why; one whose whole file is there is
   * checked instead, as if it had been completed. One that fails is tried again in the next round, and holds up no other;
   * throws when a service is away.
   */
  async giveUp(limit: number): Promise<void> {
    const age = this.config.uploadDays * DAY_SECONDS;
    const stale = await this.database.asSystem(() => this.datasets.listUploading(age, limit));
    for (const { id, project_id } of stale)
      try {
        await this.#end(project_id, id);
      } catch (err) {
        if (isServiceAway(err)) throw err;
        this.logger.log.warn({ err, dataset: id }, 'parts of an old upload stay in the storage for now');
      }
  }

  async #end(projectId: string, id: string): Promise<void> {
    await this.database.asProject(projectId, async () => {
      // Locked: who completes it meanwhile waits here to begin the check, or has begun it.
      const row = await this.datasets.lock(projectId, id);
      if (row?.state !== 'uploading') return;
      await this.uploads.abort(row);
      // Parts that were joined before that are the whole file, which its client is about to say, or could not say.
      if (await this.uploads.isWhole(row)) {
        await this.datasets.beginCheck(projectId, id);
        return;
      }
      await this.datasets.markExpired(projectId, id, [this.#problem(row)]);
      // S3 may still be joining parts, or taking a file.
      await this.objects.plan(projectId, [row.object_key], new Date(Date.now() + UPLOAD_SECONDS * 1000));
    });
  }

  #problem({ created_at }: DatasetRow): ProblemItem {
    const limit = countOf(this.config.uploadDays, 'day');
    return {
      code: 'uploadExpired',
      message: `the upload of ${created_at.toISOString()} was not completed within ${limit}; what had arrived was removed`,
      hint: 'Delete this dataset and upload the file again, or have UPLOAD_DAYS of the server set higher first',
    };
  }
}
