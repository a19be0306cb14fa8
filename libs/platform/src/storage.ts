// Objects in S3. Every transfer has a time limit of its own; sizes and hashes are checked, for a client library
// may call a broken transfer a success.

import { GradstreamError } from '@gradstream/contracts';
import { Injectable } from '@nestjs/common';
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Client } from 'minio';
import { Config } from './config.js';

const SHORT_MS = 5000;
const TRANSFER_MS = 10 * 60_000;

/** The promise, or SERVICE_UNAVAILABLE when it takes too long. */
async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new GradstreamError('SERVICE_UNAVAILABLE', `The storage did not answer in time (${what}).`, {
          retryAfterSeconds: 1,
        }),
      );
    }, ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether S3 says that an object is not there. */
const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['NotFound', 'NoSuchKey'].includes(String(error.code));

@Injectable()
export class Storage {
  readonly #client: Client;
  readonly #bucket: string;
  readonly #region: string;
  #bucketMade = false;

  constructor(config: Config) {
    const { endpoint, accessKey, secretKey, bucket, region } = config.s3;
    const url = new URL(endpoint);
    const useSSL = url.protocol === 'https:';
    const transportAgent = useSSL ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
    this.#bucket = bucket;
    this.#region = region;
    this.#client = new Client({
      endPoint: url.hostname,
      port: Number(url.port || (useSSL ? 443 : 80)),
      useSSL,
      accessKey,
      secretKey,
      region,
      transportAgent,
      pathStyle: true,
    });
  }

  /** Makes the bucket when it is not there; cheap after the first time. */
  async ensureBucket(): Promise<void> {
    if (this.#bucketMade) return;
    const exists = await within(SHORT_MS, 'bucket', this.#client.bucketExists(this.#bucket));
    if (!exists) await within(SHORT_MS, 'make bucket', this.#client.makeBucket(this.#bucket, this.#region));
    this.#bucketMade = true;
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

  /** Stores a file of a known size. */
  async putFile(key: string, file: string, expected: { bytes: number }): Promise<void> {
    await this.ensureBucket();
    await within(TRANSFER_MS, key, this.#client.fPutObject(this.#bucket, key, file));
    await this.#checkSize(key, expected.bytes);
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

  /** An object's content. Throws NOT_FOUND when there is none. */
  async openRead(key: string): Promise<Readable> {
    try {
      return await within(SHORT_MS, key, this.#client.getObject(this.#bucket, key));
    } catch (error) {
      if (isMissing(error))
        throw new GradstreamError('NOT_FOUND', 'The stored file is gone.', { cause: error });
      throw error;
    }
  }

  /** Copies an object to a file that appears whole; returns what was read. */
  async downloadTo(key: string, file: string): Promise<{ bytes: number; sha256: string }> {
    const hash = createHash('sha256');
    let bytes = 0;
    const count = new PassThrough();
    count.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      hash.update(chunk);
    });
    const temporary = `${file}.${randomUUID()}.part`;
    try {
      const options = { signal: AbortSignal.timeout(TRANSFER_MS) };
      await pipeline(await this.openRead(key), count, createWriteStream(temporary), options);
      await rename(temporary, file);
    } finally {
      await rm(temporary, { force: true });
    }
    return { bytes, sha256: hash.digest('hex') };
  }

  /** A URL that takes one PUT of the object until it expires. Signed here; S3 is not asked. */
  async presignPut(key: string, seconds: number): Promise<string> {
    await this.ensureBucket();
    return this.#client.presignedPutObject(this.#bucket, key, seconds);
  }

  async #checkSize(key: string, bytes: number): Promise<void> {
    const stored = await this.stat(key);
    if (stored?.bytes === bytes) return;
    const detail = `The storage holds ${stored?.bytes ?? 0} bytes of ${key}, ${bytes} were sent.`;
    throw new GradstreamError('SERVICE_UNAVAILABLE', detail, { retryAfterSeconds: 1 });
  }
}
