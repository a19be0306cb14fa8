// How files come into the storage: from memory, by one PUT, or in parts that can be resumed.

import {
  countOf,
  GradstreamError,
  type CompleteDataset,
  type CreateDataset,
  type MultipartPlan,
  type UploadPlan,
} from '@gradstream/contracts';
import type { DatasetRow } from '@gradstream/data';
import { Logger, MultipartUploads, Storage } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';

/** How long the URLs of an upload are good, in seconds. */
export const UPLOAD_SECONDS = 3600;
const MIB = 2 ** 20;
/** Parts that are chosen are of so many bytes at least, and so many at most. */
const PART_BYTES = 8 * MIB;
const MAX_PARTS = 256;
/** Parts that S3 takes. */
const S3_PARTS = 10_000;

type UploadInput = Extract<CreateDataset, { upload: unknown }>['upload'];

/** S3's upload in parts. */
export interface Parts {
  readonly uploadId: string;
  readonly partBytes: number;
}

export interface PlannedUpload {
  readonly upload: UploadPlan | null;
  readonly multipart: MultipartPlan | null;
  readonly parts: Parts | null;
}

const incomplete = (detail: string): GradstreamError => new GradstreamError('UPLOAD_INCOMPLETE', detail);

/** Bytes of a part, but of the last one. */
function partBytesOf({ bytes, multipart }: UploadInput): number {
  const chosen = Math.max(PART_BYTES, Math.ceil(bytes / MAX_PARTS / MIB) * MIB);
  const partBytes = typeof multipart === 'object' ? multipart.partBytes : chosen;
  if (Math.ceil(bytes / partBytes) <= S3_PARTS) return partBytes;
  const message = `the file would have more than ${S3_PARTS} parts`;
  throw new GradstreamError('VALIDATION_FAILED', 'The parts are too small.', {
    errors: [{ pointer: '/upload/multipart/partBytes', code: 'tooSmall', message, hint: 'Make them larger' }],
  });
}

@Injectable()
export class DatasetUploads {
  constructor(
    private readonly storage: Storage,
    private readonly multipart: MultipartUploads,
    private readonly logger: Logger,
  ) {}

  /** Stores what was sent inline. */
  async store(objectKey: string, content: Buffer): Promise<void> {
    await this.storage.putBytes(objectKey, content);
  }

  /** Plans an upload. */
  async plan(objectKey: string, input: UploadInput): Promise<PlannedUpload> {
    if (input.multipart === undefined) {
      const url = await this.storage.presignPut(objectKey, UPLOAD_SECONDS);
      return { upload: { method: 'PUT', url, expiresAt: expiry() }, multipart: null, parts: null };
    }
    const partBytes = partBytesOf(input);
    const parts = { uploadId: await this.multipart.begin(objectKey), partBytes };
    return { upload: null, multipart: await this.#partPlan(objectKey, parts, input.bytes), parts };
  }

  /** Which parts of an upload have arrived, and where to send the others. Throws UPLOAD_INCOMPLETE when it has none. */
  async resume({
    object_key,
    upload_id,
    part_bytes,
    expected_bytes,
    state,
  }: DatasetRow): Promise<MultipartPlan> {
    if (upload_id === null || part_bytes === null || expected_bytes === null)
      throw incomplete('The dataset is not uploaded in parts: its file comes by one PUT.');
    if (state !== 'uploading') throw incomplete(`The upload is over: the dataset is ${state}.`);
    return this.#partPlan(object_key, { uploadId: upload_id, partBytes: part_bytes }, expected_bytes);
  }

  /** Joins the parts, or makes sure that the PUT has come. Again is no error. Throws UPLOAD_INCOMPLETE. */
  async finish(row: DatasetRow, { parts }: CompleteDataset): Promise<void> {
    if (await this.isWhole(row)) return;
    const expected = row.expected_bytes ?? 0;
    if (row.upload_id === null) {
      const stored = await this.storage.stat(row.object_key);
      throw incomplete(
        `${stored?.bytes ?? 0} of ${expected} bytes have arrived: PUT the whole file to the upload URL, then complete again.`,
      );
    }
    const count = Math.ceil(expected / (row.part_bytes ?? 1));
    const numbers = (parts ?? []).map(({ number }) => number).sort((a, b) => a - b);
    if (
      parts === undefined ||
      numbers.length !== count ||
      numbers.some((number, index) => number !== index + 1)
    )
      throw incomplete(
        `The upload has ${countOf(count, 'part')}: name each once, with the ETag that its PUT was answered with.`,
      );
    const sorted = [...parts].sort((a, b) => a.number - b.number);
    await this.multipart.complete(row.object_key, row.upload_id, sorted);
    const stored = await this.storage.stat(row.object_key);
    if (stored?.bytes !== expected)
      throw incomplete(
        `The parts have ${stored?.bytes ?? 0} bytes together, ${expected} were announced: make a new dataset.`,
      );
  }

  /** Whether a file of the announced size is there, joined of its parts or by its PUT. */
  async isWhole({ object_key, expected_bytes }: DatasetRow): Promise<boolean> {
    return (await this.storage.stat(object_key))?.bytes === (expected_bytes ?? 0);
  }

  /** Gives up what may have come of an upload in parts that is not complete. */
  async abort({ object_key, upload_id }: DatasetRow): Promise<void> {
    if (upload_id !== null) await this.multipart.abort(object_key, upload_id);
  }

  /** The same where it does not matter whether it succeeds: parts take room in the storage, and do no harm. */
  async forgetParts(row: DatasetRow): Promise<void> {
    await this.abort(row).catch((err: unknown) => {
      this.logger.log.warn({ err, dataset: row.id }, 'parts of an upload stay in the storage');
    });
  }

  async #partPlan(key: string, { uploadId, partBytes }: Parts, bytes: number): Promise<MultipartPlan> {
    const arrived = new Map((await this.multipart.list(key, uploadId)).map((part) => [part.number, part]));
    const parts: MultipartPlan['parts'] = [];
    for (let number = 1, from = 0; from < bytes; number++, from += partBytes) {
      const size = Math.min(partBytes, bytes - from);
      const part = arrived.get(number);
      if (part?.bytes === size) parts.push({ number, bytes: size, etag: part.etag, url: null });
      else {
        const url = await this.multipart.presignPart(key, uploadId, number, UPLOAD_SECONDS);
        parts.push({ number, bytes: size, etag: null, url });
      }
    }
    return { partBytes, parts, expiresAt: expiry() };
  }
}

const expiry = (): string => new Date(Date.now() + UPLOAD_SECONDS * 1000).toISOString();
