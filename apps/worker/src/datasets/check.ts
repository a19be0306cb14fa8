// Checks a dataset that was uploaded: its hash, its syntax, every field.

import { GradstreamError, MAX_DATASET_BYTES, type ProblemItem } from '@gradstream/contracts';
import { inspectCsv } from '@gradstream/datasets';
import { Datasets, type DatasetCheck } from '@gradstream/domain';
import { Logger, Storage } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { retryWhileAway } from '../support/retry.js';

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
          await this.datasets.markRejected(check, [
            { code: 'fileMissing', message, hint: 'Upload it again' },
          ]);
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

  async #inspect(check: DatasetCheck): Promise<void> {
    const hash = createHash('sha256');
    let bytes = 0;
    const measured = new PassThrough();
    measured.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      bytes += chunk.byteLength;
    });
    const source = await this.storage.openRead(check.objectKey);
    const copied = pipeline(source, measured);
    const options = { maxBytes: MAX_DATASET_BYTES, columnTypes: check.columnTypes };
    const [inspection, copy] = await Promise.allSettled([inspectCsv(measured, options), copied]);
    if (inspection.status === 'rejected') throw inspection.reason;
    // A reading that ended early, at a broken quote, ends the copy early too.
    if (copy.status === 'rejected' && inspection.value.ok) throw copy.reason;
    const sha256 = hash.digest('hex');
    const problems: ProblemItem[] = inspection.value.ok ? [] : inspection.value.problems;
    if (problems.length === 0 && check.expectedSha256 !== null && check.expectedSha256 !== sha256) {
      const message = `the file has SHA-256 ${sha256}, announced was ${check.expectedSha256}`;
      problems.push({ code: 'hashMismatch', message, hint: 'Upload the file again' });
    }
    if (!inspection.value.ok || problems.length > 0) {
      await this.datasets.markRejected(check, problems);
      return;
    }
    const { rows, columns } = inspection.value;
    await this.datasets.markReady(check, { rows, columns, bytes, sha256 });
  }
}
