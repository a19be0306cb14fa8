// Files on their way to a dataset: by one PUT, or in parts.

import { GradstreamError, type Dataset, type MultipartPlan } from '@gradstream/contracts';
import type { Http } from '../http.js';

/** Where a file's bytes come from: memory, or a file that is open elsewhere, from which parts are read one by one. */
export interface FileSource {
  readonly bytes: number;
  read(from: number, to: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Bytes in memory as a source. */
export const sourceOf = (content: Uint8Array<ArrayBuffer>): FileSource => ({
  bytes: content.byteLength,
  read: (from, to) => Promise.resolve(content.subarray(from, to)),
});

export interface UploadProgress {
  readonly signal?: AbortSignal;
  /** Told of the bytes that have arrived: of what had arrived before, and after each part. */
  readonly onProgress?: (bytes: number) => void;
}

export interface UploadedPart {
  readonly number: number;
  readonly etag: string;
}

/** Sends the parts that have not arrived, one after the other; returns all of them. */
export async function sendParts(
  http: Http,
  { parts, partBytes }: MultipartPlan,
  source: FileSource,
  { signal, onProgress }: UploadProgress,
): Promise<UploadedPart[]> {
  const sent: UploadedPart[] = [];
  let arrived = parts.reduce((sum, { etag, bytes }) => sum + (etag === null ? 0 : bytes), 0);
  if (arrived > 0) onProgress?.(arrived);
  for (const { number, bytes, etag, url } of parts) {
    if (etag !== null) {
      sent.push({ number, etag });
      continue;
    }
    const from = (number - 1) * partBytes;
    const answer = await http.upload(
      { method: 'PUT', url: url ?? '' },
      await source.read(from, from + bytes),
      signal,
    );
    sent.push({ number, etag: requireEtag(answer) });
    onProgress?.((arrived += bytes));
  }
  return sent;
}

function requireEtag({ headers }: Response): string {
  const etag = headers.get('etag');
  if (etag !== null) return etag;
  throw new GradstreamError('INTERNAL', 'the storage took a part and gave it no ETag');
}

/** Sends a file to where its plan says. */
export async function sendFile(
  http: Http,
  { upload, multipart }: Dataset,
  source: FileSource,
  progress: UploadProgress,
): Promise<UploadedPart[] | undefined> {
  if (multipart !== null) return sendParts(http, multipart, source, progress);
  if (upload === null) throw new GradstreamError('INTERNAL', 'the server gave no place to upload to');
  await http.upload(upload, await source.read(0, source.bytes), progress.signal);
  progress.onProgress?.(source.bytes);
  return undefined;
}
