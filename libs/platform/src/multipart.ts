// Uploads in parts, which clients send to S3 themselves and can resume.

import { GradstreamError } from '@gradstream/contracts';
import { Injectable } from '@nestjs/common';
import { Config } from './config.js';
import { connectS3, hasCode, type S3Client } from './s3.js';
import { Storage } from './storage.js';
import { within } from './within.js';

const SHORT_MS = 5000;
/** How long S3 may take to join the parts, in ms. */
const JOIN_MS = 10 * 60_000;

/** A part that has arrived. */
export interface ArrivedPart {
  readonly number: number;
  readonly etag: string;
  readonly bytes: number;
}

/** ETags come with quotes from some, and without from others. */
const bare = (etag: string): string => etag.replaceAll('"', '');

/** Throws UPLOAD_INCOMPLETE for an upload or parts that S3 does not have as they were named. */
function asIncomplete(error: unknown): never {
  if (!hasCode(error, 'NoSuchUpload', 'InvalidPart', 'InvalidPartOrder', 'EntityTooSmall')) throw error;
  const detail =
    'The storage does not have the parts as they were named: ask for the upload again, send what is missing, and complete with the ETags of all parts.';
  throw new GradstreamError('UPLOAD_INCOMPLETE', detail, { cause: error });
}

@Injectable()
export class MultipartUploads {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(
    config: Config,
    private readonly storage: Storage,
  ) {
    this.#client = connectS3(config);
    this.#bucket = config.s3.bucket;
  }

  /** Begins an upload; returns S3's id of it. */
  async begin(key: string): Promise<string> {
    await this.storage.ensureBucket();
    return within(SHORT_MS, key, this.#client.initiateNewMultipartUpload(this.#bucket, key, {}));
  }

  /** A URL that takes any number of PUTs of a part until it expires. */
  async presignPart(key: string, uploadId: string, number: number, seconds: number): Promise<string> {
    const query = { uploadId, partNumber: String(number) };
    return this.#client.presignedUrl('PUT', this.#bucket, key, seconds, query);
  }

  /** The parts that have arrived. Throws UPLOAD_INCOMPLETE when there is no such upload any more. */
  async list(key: string, uploadId: string): Promise<ArrivedPart[]> {
    const listing = this.#client.partsOf(this.#bucket, key, uploadId);
    const parts = await within(SHORT_MS, key, listing).catch(asIncomplete);
    return parts.map(({ part, etag, size }) => ({ number: part, etag: bare(etag), bytes: size }));
  }

  /** Joins the parts to the object. Throws UPLOAD_INCOMPLETE when one is not there, or is another one. */
  async complete(key: string, uploadId: string, parts: readonly Omit<ArrivedPart, 'bytes'>[]): Promise<void> {
    const named = parts.map(({ number, etag }) => ({ part: number, etag: bare(etag) }));
    const joining = this.#client.completeMultipartUpload(this.#bucket, key, uploadId, named);
    await within(JOIN_MS, key, joining).catch(asIncomplete);
  }

  /** Gives an upload up and removes its parts; none is no error. */
  async abort(key: string, uploadId: string): Promise<void> {
    try {
      await within(SHORT_MS, key, this.#client.abortMultipartUpload(this.#bucket, key, uploadId));
    } catch (error) {
      if (!hasCode(error, 'NoSuchUpload')) throw error;
    }
  }
}
