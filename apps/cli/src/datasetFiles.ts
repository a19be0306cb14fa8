// Files that become datasets: their format by their name, and their bytes part by part.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { datasetEndings, datasetFormatOf, type DatasetFormat, type FileSource } from '@gradstream/sdk';
import { toFileError } from './files.js';

/** The format that a file's name tells. Throws when it tells none. */
export function formatOf(file: string): DatasetFormat {
  const format = datasetFormatOf(file);
  if (format !== null) return format;
  const known = datasetEndings.join(', ');
  throw new Error(`The name of ${file} tells no format (known are ${known}): say it with --format.`);
}

/** The SHA-256 of a file, in hexadecimal digits; the whole file is read. */
export async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch (error) {
    throw toFileError(file, error);
  }
  return hash.digest('hex');
}

/** Opens a file; close it. */
export async function openFile(file: string): Promise<FileSource & { close: () => Promise<void> }> {
  try {
    const handle = await open(file);
    const { size } = await handle.stat();
    return {
      bytes: size,
      read: async (from, to) => {
        const bytes = new Uint8Array(to - from);
        const { bytesRead } = await handle.read(bytes, 0, bytes.byteLength, from);
        if (bytesRead < bytes.byteLength)
          throw new Error(`${path.resolve(file)} became shorter while it was read.`);
        return bytes;
      },
      close: () => handle.close(),
    };
  } catch (error) {
    throw toFileError(file, error);
  }
}
