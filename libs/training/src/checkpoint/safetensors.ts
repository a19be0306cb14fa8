// A model as one safetensors file that is made in memory; tensorWriter.ts writes what is too large for that.

import { createHash } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { encodeHeader } from './header.js';

/** A float32 tensor on the host. */
export interface HostTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The bytes of a file; `metadata` is text by name. For models that fit into memory twice. */
export function encodeSafetensors(
  tensors: readonly HostTensor[],
  metadata: Readonly<Record<string, string>>,
): Buffer {
  const head = encodeHeader(
    tensors.map(({ name, shape }) => ({ name, shape, dtype: 'F32' })),
    metadata,
  );
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
