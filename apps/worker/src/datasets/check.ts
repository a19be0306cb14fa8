// Checks a dataset that was uploaded: its hash, its syntax, every field.

import { GradstreamError, MAX_DATASET_BYTES, type ProblemItem } from '@gradstream/contracts';
import { inspectCsv, type Inspection } from '@gradstream/datasets';
import { Datasets, type DatasetCheck } from '@gradstream/domain';
import { Logger, Storage } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { retryWhileAway } from '../support/retry.js';

const UPLOAD_AGAIN = 'Upload the file again';

@Injectable()
export class DatasetChecker {
  constructor(
    private readonly datasets: Datasets,
    private readonly storage: Storage,
    private readonly logger: Logger,
  ) {}

  /** Takes a dataset to ready or rejected; tries again while a service is away. */
  async run(id: string, signal: AbortSignal): Promise<void> {
    await retryWhileAway(
      async () => {
        const check = await this.datasets.claimCheck(id);
        if (!check) return;
        try {
          await this.#inspect(check);
        } catch (error) {
          if (!(error instanceof GradstreamError) || error.code !== 'NOT_FOUND') throw error;
          const message = 'the uploaded file is no longer in the storage';
          await this.datasets.markRejected(check, [{ code: 'fileMissing', message, hint: UPLOAD_AGAIN }]);
        }
      },
      {
        signal,
        onAway: (err, tries) => {
          this.logger.log.warn({ err, dataset: id, tries }, 'a service is away; the check is tried again');
        },
      },
    );
  }

  /**
   * Checks a copy that nobody else can write: the URL of an upload takes another file until it expires. What was
   * found right is kept under its hash.
   */
  async #inspect(check: DatasetCheck): Promise<void> {
    const size = (await this.storage.stat(check.objectKey))?.bytes;
    if (size !== undefined && check.expectedBytes !== null && size !== check.expectedBytes) {
      const message = `the file has ${size} bytes, announced were ${check.expectedBytes}`;
      await this.datasets.markRejected(check, [{ code: 'sizeMismatch', message, hint: UPLOAD_AGAIN }]);
      return;
    }
    const copy = `${path.posix.dirname(check.objectKey)}/check-${randomUUID()}.csv`;
    await this.storage.copy(check.objectKey, copy);
    try {
      const { inspection, bytes, sha256 } = await this.#read(check, copy);
      const problems: ProblemItem[] = inspection.ok ? [] : inspection.problems;
      if (problems.length === 0 && check.expectedSha256 !== null && check.expectedSha256 !== sha256) {
        const message = `the file has SHA-256 ${sha256}, announced was ${check.expectedSha256}`;
        problems.push({ code: 'hashMismatch', message, hint: UPLOAD_AGAIN });
      }
      if (!inspection.ok || problems.length > 0) {
        await this.datasets.markRejected(check, problems);
        return;
      }
      const objectKey = `${path.posix.dirname(check.objectKey)}/${sha256}.csv`;
      await this.storage.copy(copy, objectKey);
      const { rows, columns } = inspection;
      await this.datasets.markReady(check, { objectKey, rows, columns, bytes, sha256 });
    } finally {
      await this.#clean(copy);
    }
    await this.#clean(check.objectKey);
  }

  /** Reads a file once: what it holds, its size and its hash. */
  async #read(
    { columnTypes }: DatasetCheck,
    key: string,
  ): Promise<{ inspection: Inspection; bytes: number; sha256: string }> {
    const hash = createHash('sha256');
    let bytes = 0;
    const measured = new PassThrough();
    measured.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      bytes += chunk.byteLength;
    });
    const source = await this.storage.openRead(key);
    const copied = pipeline(source, measured);
    const options = { maxBytes: MAX_DATASET_BYTES, columnTypes };
    const [inspection, copy] = await Promise.allSettled([inspectCsv(measured, options), copied]);
    if (inspection.status === 'rejected') throw inspection.reason;
    // A reading that ended early, at a broken quote, ends the copy early too.
    if (copy.status === 'rejected' && inspection.value.ok) throw copy.reason;
    return { inspection: inspection.value, bytes, sha256: hash.digest('hex') };
  }

  /** Removes what is no longer needed; what stays takes room and does no harm. */
  async #clean(key: string): Promise<void> {
    await this.storage.remove(key).catch((error: unknown) => {
      this.logger.log.warn({ err: error, key }, 'a file that is no longer needed stays in the storage');
    });
  }
}
