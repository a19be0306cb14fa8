// The worker's part of a dataset: what is to be checked, where its shards go, and how the check ended.

import {
  GradstreamError,
  datasetFormatSchema,
  featureTypeSchema,
  startIngestSchema,
  type ProblemItem,
  type StartIngest,
} from '@gradstream/contracts';
import {
  Database,
  DatasetRepository,
  DeletedObjectRepository,
  type CheckedDataset,
  type DatasetFile,
} from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { UNCOMMITTED_MS } from '../common/uncommitted.js';
import { UPLOAD_SECONDS } from './uploads.js';

const optionsSchema = z.object({ images: startIngestSchema.shape.images.default(null) });

/** How often a check is made that ends for reasons that are not the file's. */
const MAX_CHECKS = 6;
const FIRST_PAUSE_SECONDS = 5;
const FACTOR = 4;
const LONGEST_PAUSE_SECONDS = 600;

/** What to wait before the next check, in s: 5, 20, 80, 320, 600. */
const pauseAfter = (failures: number): number =>
  Math.min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * FACTOR ** (failures - 1));

/** What a worker needs to check a dataset. */
export interface DatasetCheck extends Pick<StartIngest, 'format' | 'columnTypes' | 'images'> {
  readonly id: string;
  readonly projectId: string;
  readonly objectKey: string;
  readonly expectedBytes: number | null;
  readonly expectedSha256: string | null;
}

@Injectable()
export class DatasetChecks {
  constructor(
    private readonly database: Database,
    private readonly datasets: DatasetRepository,
    private readonly objects: DeletedObjectRepository,
  ) {}

  /** What to check; null when the dataset no longer waits for it. */
  async claim(id: string): Promise<DatasetCheck | null> {
    const row = await this.database.asSystem(() => this.datasets.findChecking(id));
    if (!row) return null;
    return {
      id: row.id,
      projectId: row.project_id,
      format: datasetFormatSchema.parse(row.format),
      columnTypes: z.record(z.string(), featureTypeSchema).parse(row.column_types),
      ...optionsSchema.parse(row.options),
      objectKey: row.object_key,
      expectedBytes: row.expected_bytes,
      expectedSha256: row.expected_sha256,
    };
  }

  /**
   * Says where files go: to keys of their content that belong to this dataset alone, so that it can go without asking who
   * else needs them. Until a row holds them they are noted for removal. Null when the dataset no longer waits.
   */
  async plan(
    { projectId, id }: DatasetCheck,
    files: readonly Omit<DatasetFile, 'objectKey'>[],
  ): Promise<DatasetFile[] | null> {
    const planned = files.map((file) => ({
      ...file,
      objectKey: `projects/${projectId}/datasets/${id}/${file.sha256}/${file.name}`,
    }));
    return this.database.asProject(projectId, async () => {
      // Locked: two checks of one dataset must not note what the other one has made it hold.
      if ((await this.datasets.lock(projectId, id))?.state !== 'checking') return null;
      await this.objects.plan(
        projectId,
        planned.map(({ objectKey }) => objectKey),
        new Date(Date.now() + UNCOMMITTED_MS),
      );
      return planned;
    });
  }

  /** The check found nothing wrong, and the files are stored. Nothing happens when the dataset no longer waits. */
  async markReady({ id, projectId, objectKey }: DatasetCheck, checked: CheckedDataset): Promise<void> {
    await this.database.asProject(projectId, async () => {
      if (!(await this.datasets.markReady(projectId, id, checked))) return;
      const keys = [...new Set(checked.files.map((file) => file.objectKey))];
      if ((await this.objects.keep(projectId, keys)) !== keys.length) {
        const detail = 'The files of the dataset waited for their row for more than a day: they may be gone.';
        throw new GradstreamError('CONFLICT', detail);
      }
      await this.#removeUpload(projectId, objectKey); // The shards are all that is needed.
    });
  }

  /** The check found these problems. */
  async markRejected(check: DatasetCheck, problems: readonly ProblemItem[]): Promise<void> {
    await this.database.asProject(check.projectId, () => this.#reject(check, problems));
  }

  /**
   * The check ended for a reason that is not the file's. It is made again some time later, a few times; after the last one the
   * dataset is rejected with the problem. Returns how often it has ended so; null when the dataset no longer waits.
   */
  async markFailed(
    check: DatasetCheck,
    problemAfter: (failures: number) => ProblemItem,
  ): Promise<number | null> {
    const { id, projectId } = check;
    return this.database.asProject(projectId, async () => {
      const failures = await this.datasets.countFailedCheck(projectId, id);
      if (failures === undefined) return null;
      if (failures < MAX_CHECKS) await this.datasets.postponeCheck(projectId, id, pauseAfter(failures));
      else await this.#reject(check, [problemAfter(failures)]);
      return failures;
    });
  }

  async #reject({ id, projectId, objectKey }: DatasetCheck, problems: readonly ProblemItem[]): Promise<void> {
    const rejected = await this.datasets.markRejected(projectId, id, problems.slice(0, 100));
    if (rejected) await this.#removeUpload(projectId, objectKey); // It is never checked again.
  }

  /** Notes the upload for removal: not before its URL expires, for until then it may come again. */
  async #removeUpload(projectId: string, objectKey: string): Promise<void> {
    await this.objects.plan(projectId, [objectKey], new Date(Date.now() + UPLOAD_SECONDS * 1000));
  }
}
