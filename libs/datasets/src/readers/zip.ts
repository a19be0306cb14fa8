// ZIP files, strictly: what the directory claims is checked before anything is decompressed, and what is decompressed is
// checked against it.

import { crc32 } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { stat } from 'node:fs/promises';
import { asRefusal, quoted, unreadable } from './problems.js';

/** How many times larger an entry may become; images and arrays stay far below, DEFLATE ends at 1,032. */
const MAX_RATIO = 200;
/** Entries up to this size may have any ratio: an array of zeros is no bomb. */
const SMALL = 2 ** 20;

export interface ZipLimits {
  /** Bytes of all entries, decompressed. */
  readonly maxBytes: number;
  readonly maxEntries: number;
  /** How many times larger an entry of more than 1 MiB may become; 200 unless said otherwise. */
  readonly maxRatio?: number;
}

export interface ZipEntry {
  readonly name: string;
  /** Decompressed. */
  readonly bytes: number;
}

export interface ZipReader {
  readonly entries: readonly ZipEntry[];
  /** The decompressed bytes of an entry from an offset on; the checksum is compared when they are all read. */
  stream(entry: ZipEntry, from?: number): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

const HINT = 'Make the ZIP again, with an ordinary program';
const refuse = (code: string, message: string, cause?: unknown) =>
  unreadable({ code, message, hint: HINT }, cause);

/** Files that operating systems add to ZIPs. */
const isLitter = (name: string): boolean =>
  name.startsWith('__MACOSX/') || /(^|\/)(\.[^/]*|Thumbs\.db|desktop\.ini)$/i.test(name);

/** Refuses an entry by what it claims. */
function checkEntry(entry: Entry, { maxRatio = MAX_RATIO }: ZipLimits): void {
  const { fileName, uncompressedSize, compressedSize } = entry;
  const name = quoted(fileName);
  if (entry.isEncrypted()) throw refuse('encrypted', `${name} is encrypted`);
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
    throw refuse('compression', `${name} is compressed by method ${entry.compressionMethod}, not DEFLATE`);
  if (uncompressedSize > SMALL && uncompressedSize > maxRatio * compressedSize)
    throw refuse('zipBomb', `${name} claims to become more than ${maxRatio} times larger`);
}

/** All entries that are files, or a refusal as soon as their claims go beyond a limit. */
async function listEntries(
  zip: ZipFile,
  fileBytes: number,
  limits: ZipLimits,
): Promise<Map<ZipEntry, Entry>> {
  const entries = new Map<ZipEntry, Entry>();
  const names = new Set<string>();
  let [bytes, packed] = [0, 0];
  if (zip.entryCount > limits.maxEntries)
    throw refuse('tooManyEntries', `it claims ${zip.entryCount} entries, the limit is ${limits.maxEntries}`);
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName;
    if (name.endsWith('/') || isLitter(name)) continue;
    checkEntry(entry, limits);
    bytes += entry.uncompressedSize;
    packed += entry.compressedSize;
    if (bytes > limits.maxBytes)
      throw refuse('tooLarge', `its files claim more than ${limits.maxBytes} bytes`);
    if (packed > fileBytes)
      throw refuse('zipBomb', 'its files overlap: together they claim more than it has');
    if (names.has(name)) throw refuse('duplicateName', `the name ${quoted(name)} is there twice`);
    names.add(name);
    entries.set({ name, bytes: entry.uncompressedSize }, entry);
  }
  return entries;
}

/** The bytes of an entry, of which the length is checked by yauzl and the checksum here. */
async function* streamEntry(zip: ZipFile, entry: Entry, from: number): AsyncGenerator<Uint8Array> {
  let skip = from;
  let checksum = 0;
  try {
    const stream = await zip.openReadStreamPromise(entry);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      checksum = crc32(chunk, checksum);
      if (skip < chunk.length) yield chunk.subarray(skip);
      skip = Math.max(0, skip - chunk.length);
    }
  } catch (cause) {
    throw asRefusal(cause, (why) => refuse('zip', `${quoted(entry.fileName)} is damaged: ${why}`, cause));
  }
  if (checksum !== entry.crc32)
    throw refuse('zip', `${quoted(entry.fileName)} is damaged: its checksum is another`);
}

/** Opens a ZIP. Memory: its directory, of at most `maxEntries`. Throws DATASET_UNREADABLE, and errors of the disk. */
export async function openZip(file: string, limits: ZipLimits): Promise<ZipReader> {
  const { size } = await stat(file);
  let zip: ZipFile;
  try {
    zip = await yauzl.openPromise(file, { autoClose: false, strictFileNames: true });
  } catch (cause) {
    throw asRefusal(cause, (why) => refuse('zip', `it is no whole ZIP: ${why}`, cause));
  }
  const close = () => {
    zip.close();
    return Promise.resolve();
  };
  try {
    const entries = await listEntries(zip, size, limits);
    return {
      entries: [...entries.keys()],
      stream: (one, from = 0) => {
        const entry = entries.get(one);
        if (entry === undefined) throw refuse('zip', `"${one.name}" is not in it`);
        return streamEntry(zip, entry, from);
      },
      close,
    };
  } catch (error) {
    await close();
    throw asRefusal(error, (why) => refuse('zip', `its directory is damaged: ${why}`, error));
  }
}
