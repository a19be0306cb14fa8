// Checks a dataset that was uploaded: its size and hash, then every value, which become shards in the storage.

import { GradstreamError, type FromIngest, type ProblemItem, type StartIngest } from '@gradstream/contracts';
import { DatasetChecks, type DatasetCheck } from '@gradstream/domain';
import { Logger, Storage } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { requireRoom } from '../files/room.js';
import { WorkerFolder } from '../files/workerFolder.js';
import { isTransient, retryWhileAway } from '../support/retry.js';
import { BrokenDownload, problemOf } from './checkFailure.js';
import { columnsOf } from './columns.js';
import { ingestInProcess } from './ingestProcess.js';
import { listFiles } from './shardFiles.js';

/** Downloads of an upload that may break off before others have their turn. */
const MAX_BROKEN = 3;
const UPLOAD_AGAIN = 'Upload the file again';
type Ingested = Extract<FromIngest, { type: 'ingested' }>;

/** An uploaded file here, or why it is not the one that was announced. */
type Fetched =
  | { readonly problem: ProblemItem }
  | { readonly file: string; readonly bytes: number; readonly sha256: string };

@Injectable()
export class DatasetChecker {
  constructor(
    private readonly checks: DatasetChecks,
    private readonly storage: Storage,
    private readonly folder: WorkerFolder,
    private readonly logger: Logger,
  ) {}

  /**
   * Takes a dataset to ready or rejected; tries again while a service is away. A fault of another kind that is not the file's,
   * or a download that breaks off again and again, puts the check off, or, after the last one, rejects the dataset.
   */
  async run(id: string, signal: AbortSignal): Promise<void> {
    let broken = 0;
    await retryWhileAway(
      async () => {
        const check = await this.checks.claim(id);
        if (!check) return;
        try {
          await this.#inFolder(check, signal);
        } catch (error) {
          const isBroken = error instanceof BrokenDownload;
          const cause = isBroken ? error.cause : error;
          const again = isBroken ? ++broken < MAX_BROKEN : isTransient(error);
          if (signal.aborted || again) throw cause;
          await this.#putOff(check, cause);
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

  async #putOff(check: DatasetCheck, err: unknown): Promise<void> {
    const failures = await this.checks.markFailed(check, (checks) => problemOf(err, checks));
    this.logger.log.error({ err, dataset: check.id, failures }, 'a check failed');
  }

  async #inFolder(check: DatasetCheck, signal: AbortSignal): Promise<void> {
    const folder = await mkdtemp(path.join(await this.folder.folder('checks'), `${check.id}-`));
    try {
      await this.#check(check, folder, signal);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Checks a copy here, which nobody else can write: the URL of an upload takes another file until it expires. */
  async #check(check: DatasetCheck, folder: string, signal: AbortSignal): Promise<void> {
    const fetched = await this.#fetch(check, folder, signal);
    if ('problem' in fetched) {
      await this.checks.markRejected(check, [fetched.problem]);
      return;
    }
    const { format, columnTypes, images } = check;
    const shards = path.join(folder, 'shards');
    const start: StartIngest = { file: fetched.file, folder: shards, format, columnTypes, images };
    const result = await ingestInProcess(start, signal, {
      onFault: (log) => {
        this.logger.log.error({ dataset: check.id, log }, 'the process that reads an upload failed');
      },
    });
    if (result.type === 'rejected') await this.checks.markRejected(check, result.problems);
    else await this.#store(check, fetched, result, shards, signal);
  }

  async #fetch(
    { objectKey, expectedBytes, expectedSha256 }: DatasetCheck,
    folder: string,
    signal: AbortSignal,
  ): Promise<Fetched> {
    const sizeMismatch = (bytes: number | string, expected: number): Fetched => {
      const message = `the file has ${bytes} bytes, ${expected} were expected`;
      return { problem: { code: 'sizeMismatch', message, hint: UPLOAD_AGAIN } };
    };
    const stored = await this.storage.stat(objectKey);
    if (stored === null) {
      const message = 'the uploaded file is no longer in the storage';
      return { problem: { code: 'fileMissing', message, hint: UPLOAD_AGAIN } };
    }
    const expected = expectedBytes ?? stored.bytes;
    if (stored.bytes !== expected) return sizeMismatch(stored.bytes, expected);
    await requireRoom(folder, expected);
    const file = path.join(folder, 'upload');
    try {
      const { bytes, sha256 } = await this.storage.downloadTo(objectKey, file, signal, {
        maxBytes: expected,
      });
      if (bytes !== expected) return sizeMismatch(bytes, expected);
      if (expectedSha256 === null || expectedSha256 === sha256) return { file, bytes, sha256 };
      const message = `the file has SHA-256 ${sha256}, announced was ${expectedSha256}`;
      return { problem: { code: 'hashMismatch', message, hint: UPLOAD_AGAIN } };
    } catch (error) {
      if (isTransient(error) && !signal.aborted) throw new BrokenDownload(error);
      if (!(error instanceof GradstreamError) || error.code !== 'PAYLOAD_TOO_LARGE') throw error;
      return sizeMismatch(`more than ${expected}`, expected);
    }
  }

  async #store(
    check: DatasetCheck,
    { bytes, sha256 }: { bytes: number; sha256: string },
    { index, statistics, preview }: Ingested,
    shards: string,
    signal: AbortSignal,
  ): Promise<void> {
    const planned = await this.checks.plan(check, await listFiles(shards, index));
    if (planned === null) return;
    for (const { name, objectKey, bytes: size } of planned)
      await this.storage.putFile(objectKey, path.join(shards, name), { bytes: size, signal });
    const columns = columnsOf(index, statistics);
    const contents = { columns, statistics, preview, contentSha256: index.sha256, rows: index.rows };
    await this.checks.markReady(check, { files: planned, ...contents, bytes, sha256 });
  }
}
