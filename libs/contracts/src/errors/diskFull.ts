import { GradstreamError } from './error.js';

/** STORAGE_FULL when a thrown value says that the local disk, or the quota on it, is used up; else null. */
export function asDiskFull(error: unknown): GradstreamError | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  if (error.code !== 'ENOSPC' && error.code !== 'EDQUOT') return null;
  const detail =
    'The disk of the worker is full: free space in its data folder (GRADSTREAM_DATA), then start the run again.';
  return new GradstreamError('STORAGE_FULL', detail, { cause: error });
}
