// Whether a file can be a shared library for this machine. The loader trusts what it maps: a library that was cut
// off kills the process with a bus error instead of failing.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const HEADER_BYTES = 64;
const MAGIC = 0x7f454c46; // "\x7fELF"
const CLASS_64 = 2;
const SEGMENT_LOAD = 1;

/** e_machine of the ELF header (elf.h) by Node's name of the architecture. */
const MACHINES: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };

function readAt(file: number, position: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  return bytes.subarray(0, readSync(file, bytes, 0, size, position));
}

/**
 * What is wrong with a shared library, judged by its headers (ELF-64, System V ABI): that it is none, is for another
 * machine, or ends before its last segment; null when nothing is. Cost: two small reads.
 */
export function faultOfLibrary(path: string): string | null {
  const file = openSync(path, 'r');
  try {
    if (!fstatSync(file).isFile()) return 'it is not a file';
    const header = readAt(file, 0, HEADER_BYTES);
    if (header.length < HEADER_BYTES || header.readUInt32BE(0) !== MAGIC || header[4] !== CLASS_64)
      return 'it is not a 64-bit shared library';
    if (header.readUInt16LE(18) !== MACHINES[process.arch])
      return `it is for another kind of processor than ${process.arch}`;
    const [entrySize, count] = [header.readUInt16LE(54), header.readUInt16LE(56)];
    const table = readAt(file, Number(header.readBigUInt64LE(32)), entrySize * count);
    const { size } = fstatSync(file);
    if (table.length < entrySize * count) return `it ends early, after ${size} bytes`;
    for (let at = 0; at < table.length; at += entrySize) {
      const end = Number(table.readBigUInt64LE(at + 8) + table.readBigUInt64LE(at + 32));
      if (table.readUInt32LE(at) === SEGMENT_LOAD && end > size)
        return `it ends early, after ${size} bytes of at least ${end}`;
    }
    return null;
  } finally {
    closeSync(file);
  }
}
