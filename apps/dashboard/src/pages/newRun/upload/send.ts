// A file on its way to a dataset. Large ones go in parts, of which one is in memory at a time; they can be gone on with.

import { GradstreamError, type Dataset, type Gradstream, type UploadOptions } from '@gradstream/sdk';
import { findPending, forgetPending, keepPending } from './pending.js';

/** Larger files are sent in parts. */
const ONE_PUT = 8 * 2 ** 20;

export interface WantedUpload extends Pick<UploadOptions, 'format' | 'columnTypes'> {
  readonly file: File;
  /** Of the dataset. */
  readonly name: string;
}

export interface Place {
  readonly client: Gradstream;
  readonly project: string;
  readonly storage: Storage;
}

export interface Begun {
  readonly dataset: Dataset;
  /** Bytes that have arrived. */
  readonly arrived: number;
}

/** The upload of a file that was begun and can be gone on with; null where there is none. */
export async function begunUpload({ client, project, storage }: Place, file: File): Promise<Begun | null> {
  const id = findPending(storage, project, file);
  if (id === null) return null;
  try {
    const dataset = await client.datasets.get(id);
    if (dataset.state === 'uploading') {
      const { parts } = await client.datasets.uploadOf(id);
      return {
        dataset,
        arrived: parts.reduce((sum, { etag, bytes }) => sum + (etag === null ? 0 : bytes), 0),
      };
    }
    if (dataset.state !== 'rejected') return { dataset, arrived: file.size };
  } catch (error) {
    const isGone =
      error instanceof GradstreamError && ['NOT_FOUND', 'UPLOAD_INCOMPLETE'].includes(error.code);
    if (!isGone) throw error;
  }
  forgetPending(storage, project, file);
  return null;
}

export interface Watched {
  readonly signal: AbortSignal;
  /** Told of the bytes that have arrived. */
  readonly onProgress: (bytes: number) => void;
  /** Told of the bytes that had arrived before, when they are used again. */
  readonly onReused: (bytes: number) => void;
}

/** Sends a file, or what is missing of it, and waits for the check. */
export async function sendFile(
  place: Place,
  { file, name, format, columnTypes }: WantedUpload,
  { signal, onProgress, onReused }: Watched,
): Promise<Dataset> {
  const { client, project, storage } = place;
  const source = {
    bytes: file.size,
    read: async (from: number, to: number) => new Uint8Array(await file.slice(from, to).arrayBuffer()),
  };
  const begun = await begunUpload(place, file);
  if (begun !== null) onReused(begun.arrived);
  let sent: Dataset;
  if (begun === null)
    sent = await client.datasets.upload(name, source, {
      ...{ signal, onProgress },
      ...(format === undefined ? {} : { format }),
      ...(columnTypes && Object.keys(columnTypes).length > 0 ? { columnTypes } : {}),
      ...(file.size > ONE_PUT ? { multipart: true as const } : {}),
      onPlanned: ({ id, multipart }) => {
        if (multipart !== null) keepPending(storage, project, file, id);
      },
    });
  else if (begun.dataset.state === 'uploading')
    sent = await client.datasets.resume(begun.dataset.id, source, { signal, onProgress });
  else sent = await client.datasets.untilChecked(begun.dataset.id, signal);
  forgetPending(storage, project, file);
  return sent;
}
