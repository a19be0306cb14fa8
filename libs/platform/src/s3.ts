// The connection to S3.

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Client } from 'minio';
import type { Config } from './config.js';

/** A part of an upload that has arrived. */
interface StoredPart {
  readonly part: number;
  readonly etag: string;
  readonly size: number;
}

/** The library's client, with what it keeps to itself. */
export class S3Client extends Client {
  /** The parts of an upload that have arrived. */
  async partsOf(bucket: string, key: string, uploadId: string): Promise<StoredPart[]> {
    return this.listParts(bucket, key, uploadId);
  }
}

/** Whether an error of S3 has one of some codes. */
export const hasCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));

/** A client for the configured service. */
export function connectS3({ s3 }: Config): S3Client {
  const { endpoint, accessKey, secretKey, region } = s3;
  const url = new URL(endpoint);
  const useSSL = url.protocol === 'https:';
  return new S3Client({
    endPoint: url.hostname,
    port: Number(url.port || (useSSL ? 443 : 80)),
    useSSL,
    accessKey,
    secretKey,
    region,
    transportAgent: useSSL ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true }),
    pathStyle: true,
    // It would send a stream again that was read already, and write to the console.
    retryOptions: { disableRetry: true },
  });
}
