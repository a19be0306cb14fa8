// Writes the safetensors format (github.com/huggingface/safetensors, README): the length of the header as a
// little-endian uint64, the header as JSON padded with blanks to 8 bytes, then the tensors, little-endian, without gaps.

import { createHash } from 'node:crypto';
import { open, rename } from 'node:fs/promises';

/** A float32 tensor on the host. */
export interface HostTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

const ALIGNMENT = 8;

/** The bytes of a file; `metadata` is text by name. */
export function encodeSafetensors(
  tensors: readonly HostTensor[],
  metadata: Readonly<Record<string, string>>,
): Buffer {
  let offset = 0;
  const entries = tensors.map(({ name, shape, values }) => {
    const from = offset;
    offset += values.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [from, offset] }] as const;
  });
  const json = Buffer.from(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }));
  const padded = Math.ceil(json.byteLength / ALIGNMENT) * ALIGNMENT;
  const head = Buffer.alloc(8 + padded, ' ');
  head.writeBigUInt64LE(BigInt(padded), 0);
  json.copy(head, 8);
  const bodies = tensors.map(({ values }) =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength),
  );
  return Buffer.concat([head, ...bodies]);
}

/** Writes bytes to a file that appears whole and is on the disk; returns its size and SHA-256. */
export async function writeWhole(file: string, bytes: Buffer): Promise<{ bytes: number; sha256: string }> {
  const temporary = `${file}.part`;
  const handle = await open(temporary, 'w');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  return { bytes: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') };
}
