// Decompression of pages to the size that their headers claim, and no further.

import { snappyUncompress, type Compressors } from 'hyparquet';
import { compressors as others } from 'hyparquet-compressors';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';

type Decompress = (input: Uint8Array, size: number) => Uint8Array;

/** Bytes that zlib made; it fails as soon as there are more than were claimed. */
const plain = (bytes: Buffer): Uint8Array => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const limit = (size: number) => ({ maxOutputLength: Math.max(1, size) });

const ownCodecs: Readonly<Record<string, Decompress>> = {
  SNAPPY: (input, size) => {
    const output = new Uint8Array(size);
    snappyUncompress(input, output);
    return output;
  },
  GZIP: (input, size) => plain(gunzipSync(input, limit(size))),
  BROTLI: (input, size) => plain(brotliDecompressSync(input, limit(size))),
  ZSTD: (input, size) => plain(zstdDecompressSync(input, limit(size))),
};

/** What hyparquet decompresses with: Node's own zlib where that can. */
export const compressors: Compressors = { ...others, ...ownCodecs };

/** Decompresses a page; null for a codec that is not known. Throws what the codec throws. */
export function decompress(codec: string, input: Uint8Array, size: number): Uint8Array | null {
  if (codec === 'UNCOMPRESSED') return input;
  const known = Object.entries(compressors).find(([name]) => name === codec)?.[1];
  return known === undefined ? null : known(input, size);
}
