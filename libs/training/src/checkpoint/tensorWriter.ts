// Writes tensors as one safetensors file without ever holding more than one of them.

import { encodeHeader, inFileOrder, isTensorName, tensorBytes, type TensorSource } from '@gradstream/models';
import { writeDurably, type WrittenFile } from './durable.js';

/** Writes a new file; `metadata` is text by name. The file is on the disk when this returns. */
export async function writeTensors(
  file: string,
  tensors: readonly TensorSource[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<WrittenFile> {
  checkNames(tensors);
  return writeDurably(file, piecesOf(inFileOrder(tensors), metadata));
}

async function* piecesOf(
  tensors: readonly TensorSource[],
  metadata: Readonly<Record<string, string>>,
): AsyncGenerator<Uint8Array> {
  yield encodeHeader(tensors, metadata);
  for (const { name, dtype, shape, read } of tensors) {
    const bytes = await read();
    const wanted = tensorBytes(dtype, shape);
    if (BigInt(bytes.byteLength) !== wanted)
      throw new Error(`the tensor ${name} gave ${bytes.byteLength} bytes, its shape and type need ${wanted}`);
    yield bytes;
  }
}

/** Throws for names that the reader would refuse. */
function checkNames(tensors: readonly TensorSource[]): void {
  const seen = new Set<string>(['__metadata__', '__proto__', 'constructor', 'prototype']);
  for (const { name } of tensors) {
    if (!isTensorName(name) || seen.has(name))
      throw new Error(
        `a tensor cannot be named ${JSON.stringify(name)}: reserved, unreadable, or there twice`,
      );
    seen.add(name);
  }
}
