// Whether a disk has room, asked before it is filled: what others write meanwhile may still fill it.

import { GradstreamError } from '@gradstream/contracts';
import { statfs } from 'node:fs/promises';

/** Throws STORAGE_FULL when the disk of a folder has fewer bytes free. */
export async function requireRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  const detail = `The disk of the worker has ${free} bytes free, ${bytes} bytes are needed.`;
  throw new GradstreamError('STORAGE_FULL', detail);
}
