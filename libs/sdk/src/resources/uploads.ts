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

/** An upload in parts: what is planned, and how to ask for the plan again, whose URLs are new. */
export interface PartsUpload {
  readonly id: string;
  readonly plan: MultipartPlan;
  readonly renew: () => Promise<MultipartPlan>;
}

/** So long before their end, in ms, URLs are renewed: a part that is sent takes a while to arrive. */
const MARGIN_MS = 5 * 60_000;

const isRefusal = (error: unknown): boolean =>
  error instanceof GradstreamError && error.code === 'UPLOAD_INCOMPLETE';

/** The error of a part that was refused by a new URL as well. */
function refusedAgain(id: string, number: number, cause: unknown): GradstreamError {
  const detail = `The storage refuses part ${number} of the upload ${id}, by a new URL as well. The parts that have arrived stay: go on with them later by datasets.resume("${id}", file), on the command line by "datasets upload FILE --resume ${id}".`;
  return new GradstreamError('UPLOAD_INCOMPLETE', detail, { cause });
}

/**
 * Sends the parts that have not arrived, one after the other, however long that takes; returns all of them. Throws
 * UPLOAD_INCOMPLETE when one is refused that has a new URL.
 */
export async function sendParts(
  http: Http,
  { id, plan, renew }: PartsUpload,
  source: FileSource,
  { signal, onProgress }: UploadProgress,
): Promise<UploadedPart[]> {
  const { parts, partBytes } = plan;
  let newest = plan;
  const send = async (number: number): Promise<string> => {
    const part = newest.parts.find((one) => one.number === number);
    if (part === undefined) throw new GradstreamError('INTERNAL', `the plan of ${id} has no part ${number}`);
    if (part.etag !== null) return part.etag;
    const from = (number - 1) * partBytes;
    const content = await source.read(from, from + part.bytes);
    return requireEtag(await http.upload({ method: 'PUT', url: part.url ?? '' }, content, signal));
  };
  const sendAnew = async (number: number): Promise<string> => {
    newest = await renew();
    return send(number).catch((error: unknown) => {
      throw isRefusal(error) ? refusedAgain(id, number, error) : error;
    });
  };
  const sent: UploadedPart[] = [];
  let arrived = parts.reduce((sum, { etag, bytes }) => sum + (etag === null ? 0 : bytes), 0);
  if (arrived > 0) onProgress?.(arrived);
  for (const { number, bytes, etag } of parts) {
    if (etag !== null) {
      sent.push({ number, etag });
      continue;
    }
    const isOver = Date.parse(newest.expiresAt) - Date.now() < MARGIN_MS;
    const sending = isOver
      ? sendAnew(number)
      : send(number).catch((error: unknown) => {
          if (!isRefusal(error)) throw error;
          return sendAnew(number);
        });
    sent.push({ number, etag: await sending });
    onProgress?.((arrived += bytes));
  }
  return sent;
}

function requireEtag({ headers }: Response): string {
  const etag = headers.get('etag');
  if (etag !== null) return etag;
  throw new GradstreamError('INTERNAL', 'the storage took a part and gave it no ETag');
}

/** Sends a file to where its plan says; one in parts asks for the plan again by `renew`. */
export async function sendFile(
  http: Http,
  { id, upload, multipart }: Dataset,
  source: FileSource,
  progress: UploadProgress,
  renew: PartsUpload['renew'],
): Promise<UploadedPart[] | undefined> {
  if (multipart !== null) return sendParts(http, { id, plan: multipart, renew }, source, progress);
  if (upload === null) throw new GradstreamError('INTERNAL', 'the server gave no place to upload to');
  await http.upload(upload, await source.read(0, source.bytes), progress.signal);
  progress.onProgress?.(source.bytes);
  return undefined;
}
