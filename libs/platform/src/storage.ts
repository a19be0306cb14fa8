// Objects in S3. Every transfer has a limit of its own: of time, or of silence where it may take long. The client signs the hash
// of what it sends, which S3 checks; the stored size is checked after that, for a client library may call a broken transfer a
// success.

import { GradstreamError } from '@gradstream/contracts';
import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CopyDestinationOptions, CopySourceOptions } from 'minio';
import { Config } from './config.js';
import { connectS3, hasCode, type S3Client } from './s3.js';
import { late, within } from './within.js';

const SHORT_MS = 5000;
/** What a transfer may take, and how much longer for each byte: one of less than 1 MiB/s is as good as none. */
const TRANSFER_MS = 10 * 60_000;
const MS_PER_BYTE = 1000 / 2 ** 20;
/** How long a download may bring nothing. */
const SILENT_MS = 60_000;
/** How long an object may be read: longer than other transfers, for a client at its end may be slow. */
const READ_MS = 60 * 60_000;

/** What is thrown when an object is not there. */
const gone = (cause: unknown): GradstreamError =>
  new GradstreamError('NOT_FOUND', 'The stored file is gone.', { cause });

/** The stream, which fails when it is not read to its end in time, or when the signal aborts. */
function limited(stream: Readable, ms: number, what: string, signal?: AbortSignal): Readable {
  const timer = setTimeout(() => stream.destroy(late(what)), ms);
  const abort = (): void => {
    stream.destroy(signal?.reason as Error);
  };
  signal?.addEventListener('abort', abort, { once: true });
  stream.once('close', () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  });
  return stream;
}

/** Whether S3 says that an object is not there. */
const isMissing = (error: unknown): boolean => hasCode(error, 'NotFound', 'NoSuchKey');

/** What is thrown for an object that is larger than it may be. */
const tooLarge = (key: string, maxBytes: number): GradstreamError =>
  new GradstreamError('PAYLOAD_TOO_LARGE', `The stored file ${key} has more than ${maxBytes} bytes.`);

/** What was read of an object. */
interface Downloaded {
  readonly bytes: number;
  readonly sha256: string;
}

interface DownloadLimits {
  readonly maxBytes?: number;
}

interface PutOptions {
  readonly bytes: number;
  readonly signal?: AbortSignal;
}

@Injectable()
export class Storage {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #region: string;
  #bucketReady: Promise<void> | null = null;

  constructor(config: Config) {
    this.#bucket = config.s3.bucket;
    this.#region = config.s3.region;
    this.#client = connectS3(config);
  }

  /** Makes the bucket when it is not there; cheap after the first time. */
  async ensureBucket(): Promise<void> {
    this.#bucketReady ??= this.#makeBucket();
    try {
      await this.#bucketReady;
    } catch (error) {
      this.#bucketReady = null; // The next call tries again.
      throw error;
    }
  }

  async #makeBucket(): Promise<void> {
    if (await within(SHORT_MS, 'bucket', this.#client.bucketExists(this.#bucket))) return;
    try {
      await within(SHORT_MS, 'make bucket', this.#client.makeBucket(this.#bucket, this.#region));
    } catch (error) {
      // Another process was faster, whatever S3 calls that.
      if (hasCode(error, 'BucketAlreadyOwnedByYou', 'BucketAlreadyExists')) return;
      if (!(await within(SHORT_MS, 'bucket', this.#client.bucketExists(this.#bucket)))) throw error;
    }
  }

  /** Throws when S3 does not answer. */
  async ping(): Promise<void> {
    await within(SHORT_MS, 'ping', this.#client.bucketExists(this.#bucket));
  }

  /** Stores a small object from memory. */
  async putBytes(key: string, bytes: Buffer): Promise<void> {
    await this.ensureBucket();
    await within(TRANSFER_MS, key, this.#client.putObject(this.#bucket, key, bytes, bytes.byteLength));
    await this.#checkSize(key, bytes.byteLength);
  }

  /** Stores a file of a known size, unless it is there already. The signal ends the waiting, not the transfer. */
  async putFile(key: string, file: string, expected: PutOptions): Promise<void> {
    const put = async (): Promise<void> => {
      await this.ensureBucket();
      if ((await this.stat(key))?.bytes === expected.bytes) return;
      await this.#client.fPutObject(this.#bucket, key, file);
      await this.#checkSize(key, expected.bytes);
    };
    await within(TRANSFER_MS + expected.bytes * MS_PER_BYTE, key, put(), expected.signal);
  }

  /** Size of an object; null when there is none. */
  async stat(key: string): Promise<{ bytes: number } | null> {
    try {
      const { size } = await within(SHORT_MS, key, this.#client.statObject(this.#bucket, key));
      return { bytes: size };
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /** Copies an object inside of S3. Throws NOT_FOUND when there is none. */
  async copy(from: string, to: string): Promise<void> {
    const source = new CopySourceOptions({ Bucket: this.#bucket, Object: from });
    const target = new CopyDestinationOptions({ Bucket: this.#bucket, Object: to });
    try {
      await within(TRANSFER_MS, to, this.#client.copyObject(source, target));
    } catch (error) {
      throw isMissing(error) ? gone(error) : error;
    }
  }

  /** Removes an object; none is no error. */
  async remove(key: string): Promise<void> {
    await within(SHORT_MS, key, this.#client.removeObject(this.#bucket, key));
  }

  /** An object's content; the stream fails when it is not read within `limitMs`. Throws NOT_FOUND when there is none. */
  async openRead(key: string, signal?: AbortSignal, limitMs = READ_MS): Promise<Readable> {
    return limited(await this.#open(key, signal), limitMs, key, signal);
  }

  async #open(key: string, signal?: AbortSignal): Promise<Readable> {
    const opening = this.#client.getObject(this.#bucket, key);
    try {
      return await within(SHORT_MS, key, opening, signal);
    } catch (error) {
      // An answer that comes after we gave up would hold its connection.
      void opening.then(
        (stream) => stream.destroy(),
        () => undefined,
      );
      throw isMissing(error) ? gone(error) : error;
    }
  }

  /**
   * Copies an object to a file; returns what was read. It may take as long as bytes come; SERVICE_UNAVAILABLE when none do
   * for a minute. A copy that fails leaves no file. Throws PAYLOAD_TOO_LARGE for one of more than `maxBytes`.
   */
  async downloadTo(
    key: string,
    file: string,
    signal?: AbortSignal,
    { maxBytes = Infinity }: DownloadLimits = {},
  ): Promise<Downloaded> {
    const source = await this.#open(key, signal);
    const hash = createHash('sha256');
    let bytes = 0;
    const count = new PassThrough();
    const silence = setTimeout(() => count.destroy(late(key)), SILENT_MS);
    count.on('data', (chunk: Buffer) => {
      silence.refresh();
      bytes += chunk.byteLength;
      hash.update(chunk);
      if (bytes > maxBytes) count.destroy(tooLarge(key, maxBytes));
    });
    try {
      await pipeline(source, count, createWriteStream(file), signal ? { signal } : {});
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    } finally {
      clearTimeout(silence);
    }
    return { bytes, sha256: hash.digest('hex') };
  }

  /** A URL that takes any number of PUTs of the object, of any size, until it expires. */
  async presignPut(key: string, seconds: number): Promise<string> {
    await this.ensureBucket();
    return this.#client.presignedPutObject(this.#bucket, key, seconds);
  }

  /** Where browsers send to when they upload: of some stores the bucket is a part of the host's name. */
  async uploadOrigin(): Promise<string> {
    return new URL(await this.#client.presignedPutObject(this.#bucket, 'any', 1)).origin;
  }

  /** A URL that answers GETs with the object, as an attachment with a name of ASCII, until it expires. */
  presignGet(key: string, seconds: number, fileName: string): Promise<string> {
    return this.#client.presignedGetObject(this.#bucket, key, seconds, {
      'response-content-disposition': `attachment; filename="${fileName}"`,
      'response-content-type': 'application/octet-stream',
    });
  }

  async #checkSize(key: string, bytes: number): Promise<void> {
    const stored = await this.stat(key);
    if (stored?.bytes === bytes) return;
    const detail = `The storage holds ${stored?.bytes ?? 0} bytes of ${key}, ${bytes} were sent.`;
    throw new GradstreamError('SERVICE_UNAVAILABLE', detail, { retryAfterSeconds: 1 });
  }
}
