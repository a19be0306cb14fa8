// Reads safetensors files that nobody vouches for. No number of a file is used before it is checked, and no more
// memory is taken than the file has bytes.

import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import {
  headerBytes,
  invalidCheckpoint,
  parseHeader,
  PREFIX_BYTES,
  quoted,
  type Header,
  type StoredTensor,
  type TensorEntry,
  type TensorInfo,
} from '@gradstream/models';
import { isMissing, type WrittenFile } from './durable.js';

const CHUNK_BYTES = 4 * 1024 * 1024;

/** The tensors of a file in memory, by name. `file` names it in errors. Throws CHECKPOINT_INVALID. */
export function decodeSafetensors(
  file: string,
  bytes: Uint8Array,
): { tensors: ReadonlyMap<string, StoredTensor>; metadata: ReadonlyMap<string, string> } {
  const length = headerBytes(file, bytes.subarray(0, PREFIX_BYTES), bytes.byteLength);
  const json = bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + length);
  const { entries, metadata } = parseHeader(file, json, bytes.byteLength);
  const stored = entries.map(({ name, dtype, shape, begin, end }): [string, StoredTensor] => [
    name,
    { name, dtype, shape, bytes: new Uint8Array(bytes.subarray(begin, end)) },
  ]);
  return { tensors: new Map(stored), metadata };
}

/** A file whose header was checked, and its hash too where one is given. Tensors are read one by one. */
export class TensorFile {
  readonly #entries: ReadonlyMap<string, TensorEntry>;

  private constructor(
    private readonly file: string,
    private readonly handle: FileHandle,
    private readonly header: Header,
  ) {
    this.#entries = new Map(header.entries.map((entry) => [entry.name, entry]));
  }

  /** Opens `location`, which errors call `file`. Throws CHECKPOINT_INVALID; reads all of it once when `wanted` is given. */
  static async open(location: string, file: string, wanted?: WrittenFile): Promise<TensorFile> {
    const handle = await openFile(location, file);
    try {
      const { size } = await handle.stat();
      if (wanted) await verify(handle, file, size, wanted);
      const prefix = await readAt(handle, file, 0, Math.min(PREFIX_BYTES, size));
      const length = headerBytes(file, prefix, size);
      return new TensorFile(
        file,
        handle,
        parseHeader(file, await readAt(handle, file, PREFIX_BYTES, length), size),
      );
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** What is in the file, in the order of its bytes. */
  get tensors(): readonly TensorInfo[] {
    return this.header.entries;
  }

  get metadata(): ReadonlyMap<string, string> {
    return this.header.metadata;
  }

  /** A tensor. Throws CHECKPOINT_INVALID when there is none of the name, or not of the type and shape wanted. */
  async read(name: string, wanted?: Pick<TensorInfo, 'dtype' | 'shape'>): Promise<StoredTensor> {
    const entry = this.#entries.get(name);
    if (!entry) throw invalidCheckpoint(this.file, `lacks the tensor ${quoted(name)}`);
    const { dtype, shape, begin, end } = entry;
    if (wanted && (wanted.dtype !== dtype || wanted.shape.join() !== shape.join()))
      throw invalidCheckpoint(
        this.file,
        `has the tensor ${quoted(name)} as ${dtype} [${shape.join(', ')}], the run needs ${wanted.dtype} [${wanted.shape.join(', ')}]`,
        'Resume with the model and the optimizer that wrote it.',
      );
    return { name, dtype, shape, bytes: await readAt(this.handle, this.file, begin, end - begin) };
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** Opens a regular file to read. Throws CHECKPOINT_INVALID when there is none. */
export async function openFile(location: string, file: string): Promise<FileHandle> {
  const handle = await open(location, 'r').catch((error: unknown) => {
    if (isMissing(error)) throw invalidCheckpoint(file, 'is missing', undefined, error);
    throw error;
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw invalidCheckpoint(file, 'is no regular file');
}

/** Exactly `length` bytes from `position` on, in a buffer of their own. */
export async function readAt(
  handle: FileHandle,
  file: string,
  position: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    // More than 2 GiB cannot be asked for at once.
    const { bytesRead } = await handle.read(bytes, at, Math.min(length - at, 2 ** 30), position + at);
    if (bytesRead === 0) throw invalidCheckpoint(file, 'became shorter while it was read');
    at += bytesRead;
  }
  return bytes;
}

/** Throws CHECKPOINT_INVALID when size or hash are not what the manifest says. */
async function verify(handle: FileHandle, file: string, size: number, wanted: WrittenFile): Promise<void> {
  if (size !== wanted.bytes)
    throw invalidCheckpoint(file, `has ${size} bytes, its manifest says ${wanted.bytes}`);
  const hash = createHash('sha256');
  for (let at = 0; at < size; at += CHUNK_BYTES)
    hash.update(await readAt(handle, file, at, Math.min(CHUNK_BYTES, size - at)));
  if (hash.digest('hex') !== wanted.sha256)
    throw invalidCheckpoint(file, 'has other content than its manifest says');
}
