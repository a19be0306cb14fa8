// Files that are on the disk, not only in the system's cache, once these return.

import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** What is hashed while the system writes it; bounds what is in flight. */
const CHUNK_BYTES = 4 * 1024 * 1024;

export interface WrittenFile {
  readonly bytes: number;
  readonly sha256: string;
}

/** Writes a new file piece by piece: a piece is asked for when the one before it was written. */
export async function writeDurably(
  file: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<WrittenFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  const handle = await open(file, 'wx');
  try {
    for await (const piece of pieces) {
      for (let at = 0; at < piece.byteLength; at += CHUNK_BYTES) {
        const chunk = piece.subarray(at, at + CHUNK_BYTES);
        const written = handle.writeFile(chunk);
        hash.update(chunk);
        await written;
        bytes += chunk.byteLength;
      }
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Makes the names in a folder durable: a rename is lost with the power until its folder is synced. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether a thrown value is the system's error that a file is not there. */
export const isMissing = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
