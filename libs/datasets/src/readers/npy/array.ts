// One array of an NPY file or of a member of an NPZ, batch by batch.

import type { ShardDtype } from '@gradstream/contracts';
import { newValues } from '../../shards/buffer.js';
import { dtypeBytes, sizeOf } from '../../shards/layout.js';
import { ByteStream } from '../bytes.js';
import { unreadable } from '../problems.js';
import type { FixedColumn, FixedValues } from '../source.js';
import { headerLength, parseHeader, PREFIX_BYTES, type NpyHeader } from './header.js';
import { NpyDecoder, storedDtype } from './values.js';

/** Where the bytes of an array come from. */
export interface ArrayFile {
  /** Bytes of the whole file. */
  readonly bytes: number;
  /** A stream from an offset on. */
  readonly stream: (from: number) => AsyncIterable<Uint8Array>;
  /** Some of the bytes; null where they can be had in their order alone. */
  readonly at: ((offset: number, bytes: number) => Promise<Buffer>) | null;
}

/** Bytes of an array in Fortran's order that is held in memory because it is compressed. */
const MAX_HELD = 256 * 2 ** 20;

/** Hands on rows, `next` by `next`. */
export interface ArrayReader {
  readonly rows: number;
  readonly column: FixedColumn;
  /** Bytes of a stored row. */
  readonly rowBytes: number;
  next(rows: number): Promise<FixedValues>;
  close(): Promise<void>;
}

async function readHeader(file: ArrayFile): Promise<NpyHeader> {
  const stream = new ByteStream(file.stream(0));
  try {
    const prefix = await stream.read(PREFIX_BYTES);
    const { version, start, length } = headerLength(prefix);
    const rest = await stream.read(Math.max(0, start + length - PREFIX_BYTES));
    const header = Buffer.concat([prefix.subarray(start), rest]).subarray(0, length);
    if (header.length < length) throw unreadable({ code: 'truncated', message: 'its header is cut off' });
    return parseHeader(header, { version, start });
  } finally {
    await stream.close();
  }
}

/** Throws when a file has not the bytes that its header claims. */
function checkBytes({ dataOffset, dataBytes, shape }: NpyHeader, { bytes }: ArrayFile): void {
  const expected = BigInt(dataOffset) + dataBytes;
  if (expected === BigInt(bytes)) return;
  const message = `it has ${bytes} bytes, an array of the shape (${shape.join(', ')}) takes ${expected}`;
  throw unreadable({
    code: 'wrongSize',
    message,
    hint: 'Save it again: it is cut off, or its header is wrong',
  });
}

/** Rows one after the other, as C orders them. After the last, the stream is read to its end, which checks it. */
class OrderedRows {
  readonly #stream: ByteStream;
  readonly #rowBytes: number;
  #left: number;

  constructor(file: ArrayFile, { dataOffset, shape: [rows = 0, ...shape], type }: NpyHeader) {
    this.#stream = new ByteStream(file.stream(dataOffset));
    this.#rowBytes = sizeOf(shape) * type.bytes;
    this.#left = rows;
  }

  async next(rows: number): Promise<Buffer> {
    const bytes = await this.#stream.read(rows * this.#rowBytes);
    this.#left -= rows;
    const beyond = this.#left === 0 ? await this.#stream.read(1) : [];
    if (bytes.length === rows * this.#rowBytes && beyond.length === 0) return bytes;
    throw unreadable({
      code: 'wrongSize',
      message: 'its numbers are not as many as it says',
      hint: 'Save it again',
    });
  }

  close(): Promise<void> {
    return this.#stream.close();
  }
}

/** Random access to a file, held in memory where there is none. */
async function accessTo(file: ArrayFile, header: NpyHeader): Promise<NonNullable<ArrayFile['at']>> {
  if (file.at !== null) return file.at;
  if (header.dataBytes > BigInt(MAX_HELD)) {
    const message = `an array in Fortran's order of more than ${MAX_HELD} bytes is compressed`;
    throw unreadable({ code: 'fortranOrder', message, hint: 'Save numpy.ascontiguousarray(array)' });
  }
  const stream = new ByteStream(file.stream(0));
  const whole = await stream.read(file.bytes);
  await stream.close();
  return (offset, bytes) => Promise.resolve(whole.subarray(offset, offset + bytes));
}

/** Opens an array. Throws DATASET_UNREADABLE before anything is allocated for what it claims. */
export async function openArray(file: ArrayFile): Promise<ArrayReader> {
  const header = await readHeader(file);
  checkBytes(header, file);
  const [rows = 0, ...shape] = header.shape;
  const single = shape.length === 0;
  const dtype: ShardDtype = storedDtype(header.type, single);
  const size = sizeOf(shape);
  const decoder = new NpyDecoder(header.type, dtype);
  const column: FixedColumn = { type: single ? 'numeric' : 'array', dtype, shape };
  let done = 0;
  const check = (place: number): void => {
    if (place === -1) return;
    const message = `row ${done + Math.floor(place / size) + 1} has an integer beyond 32 bits`;
    throw unreadable({ code: 'integerRange', message, hint: 'Save the array as float32' });
  };
  const byColumn = header.fortran && size > 1 ? await accessTo(file, header) : null;
  const inOrder = byColumn === null ? new OrderedRows(file, header) : null;
  return {
    rows,
    column,
    rowBytes: dtypeBytes[dtype] * size,
    async next(count) {
      const values = newValues(dtype, count * size);
      if (inOrder !== null) check(decoder.decode(await inOrder.next(count), values));
      else if (byColumn !== null) {
        const strides = fortranPlaces(shape);
        for (let element = 0; element < size; element++) {
          const offset = header.dataOffset + (element * rows + done) * header.type.bytes;
          const bytes = await byColumn(offset, count * header.type.bytes);
          check(decoder.decode(bytes, values, strides[element] ?? 0, size));
        }
      }
      done += count;
      return values;
    },
    close: () => inOrder?.close() ?? Promise.resolve(),
  };
}

/** Where the n-th element of a row in Fortran's order lies in C's order. */
export function fortranPlaces(shape: readonly number[]): number[] {
  const size = sizeOf(shape);
  return Array.from({ length: size }, (_, element) => {
    let place = 0;
    let rest = element;
    let stride = size;
    for (const length of shape) {
      stride /= length;
      place += (rest % length) * stride;
      rest = Math.floor(rest / length);
    }
    return place;
  });
}
