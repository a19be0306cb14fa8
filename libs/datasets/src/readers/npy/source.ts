// NPY and NPZ files as tables: an array is a column, its first axis the rows.

import { open, type FileHandle } from 'node:fs/promises';
import { batchRows, checkRowBytes, type ReadLimits } from '../limits.js';
import { unreadable } from '../problems.js';
import type { TableSource } from '../source.js';
import { openZip, type ZipEntry } from '../zip.js';
import { openArray, type ArrayFile, type ArrayReader } from './array.js';

/** Arrays of an NPZ; each takes a decompressor of its own. */
const MAX_ARRAYS = 256;
/** Arrays of zeros and labels come near DEFLATE's own 1,032; they are streamed, so that the sum of bytes is limit enough. */
const MAX_RATIO = 1100;

/** Arrays of the same number of rows, side by side. */
function toSource(
  arrays: readonly { name: string; reader: ArrayReader }[],
  closeFile: () => Promise<void>,
): TableSource {
  const rows = arrays[0]?.reader.rows ?? 0;
  const rowBytes = arrays.reduce((sum, { reader }) => sum + reader.rowBytes, 0);
  checkRowBytes(rowBytes);
  const step = batchRows(rowBytes);
  const close = async (): Promise<void> => {
    for (const { reader } of arrays) await reader.close();
    await closeFile();
  };
  return {
    columns: arrays.map(({ name, reader }) => ({ name, fixed: reader.column })),
    close,
    async *batches() {
      try {
        for (let done = 0; done < rows; done += step) {
          const count = Math.min(step, rows - done);
          const columns = [];
          for (const { reader } of arrays)
            columns.push({ kind: 'fixed' as const, values: await reader.next(count) });
          yield { rows: count, columns, lines: null };
        }
      } finally {
        await close();
      }
    },
  };
}

const CHUNK = 2 ** 20;

/** Chunks of a file; unlike a stream of the handle, one that is broken off leaves it open. */
async function* chunksFrom(handle: FileHandle, start: number): AsyncGenerator<Uint8Array> {
  for (let at = start; ;) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const { bytesRead } = await handle.read(chunk, 0, CHUNK, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

function handleFile(handle: FileHandle, bytes: number): ArrayFile {
  return {
    bytes,
    stream: (start) => chunksFrom(handle, start),
    at: async (offset, count) => {
      const buffer = Buffer.alloc(count);
      const { bytesRead } = await handle.read(buffer, 0, count, offset);
      if (bytesRead < count)
        throw unreadable({ code: 'truncated', message: 'it became shorter while it was read' });
      return buffer;
    },
  };
}

/** Opens an NPY file; its column is named "value". Throws DATASET_UNREADABLE. */
export async function openNpy(file: string): Promise<TableSource> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const reader = await openArray(handleFile(handle, size));
    return toSource([{ name: 'value', reader }], () => handle.close());
  } catch (error) {
    await handle.close();
    throw error;
  }
}

const arrayName = (entry: ZipEntry): string => entry.name.replace(/\.npy$/, '');

/** Opens an NPZ: its arrays are the columns, in the order of the file. Throws DATASET_UNREADABLE. */
export async function openNpz(file: string, limits: ReadLimits): Promise<TableSource> {
  const zip = await openZip(file, { maxBytes: limits.maxBytes, maxEntries: MAX_ARRAYS, maxRatio: MAX_RATIO });
  try {
    const arrays = [];
    for (const entry of zip.entries) {
      const reader = await openArray({
        bytes: entry.bytes,
        stream: (from) => zip.stream(entry, from),
        at: null,
      });
      arrays.push({ name: arrayName(entry), reader });
    }
    const [first] = arrays;
    const other = arrays.find(({ reader }) => reader.rows !== first?.reader.rows);
    if (first === undefined) throw unreadable({ code: 'empty', message: 'it has no arrays' });
    if (other !== undefined) {
      const message = `"${first.name}" has ${first.reader.rows} rows, "${other.name}" has ${other.reader.rows}`;
      throw unreadable({ code: 'wrongCount', message, hint: 'Give all arrays the same first axis' });
    }
    return toSource(arrays, () => zip.close());
  } catch (error) {
    await zip.close();
    throw error;
  }
}
