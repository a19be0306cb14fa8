// The header of a safetensors file (github.com/huggingface/safetensors, README): its length as a little-endian uint64,
// then JSON padded with blanks. What this accepts is a subset of the format; it never trusts a number of the file.

import { isDtype, itemBytes, tensorBytes, type TensorInfo } from './dtypes.js';
import { invalidCheckpoint, quoted } from './invalid.js';
import { parseJson } from './json.js';

export const PREFIX_BYTES = 8;
export const MAX_HEADER_BYTES = 8 * 1024 * 1024;
/** Root, tensor, shape. */
const MAX_DEPTH = 3;
const MAX_NAME = 500;
const MAX_RANK = 32;
const METADATA = '__metadata__';
const ENTRY_KEYS = ['data_offsets', 'dtype', 'shape'];

/** Where in the file a tensor lies, `end` excluded. */
export interface TensorEntry extends TensorInfo {
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  /** In the order of their bytes. */
  readonly entries: readonly TensorEntry[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** Whether a name may be written and read: 1 to 500 characters, none of them for control, nor half of a pair. */
export const isTensorName = (name: string): boolean =>
  name.length > 0 && name.length <= MAX_NAME && name.isWellFormed() && !/\p{Cc}/u.test(name);

/** Bytes of the JSON of a header. Throws CHECKPOINT_INVALID when the file cannot have that many. */
export function headerBytes(file: string, prefix: Uint8Array, fileBytes: number): number {
  if (prefix.byteLength < PREFIX_BYTES) throw invalidCheckpoint(file, `has only ${fileBytes} bytes`);
  const length = new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES))
    throw invalidCheckpoint(file, `has a header of ${length} bytes, the limit is ${MAX_HEADER_BYTES}`);
  if (Number(length) > fileBytes - PREFIX_BYTES)
    throw invalidCheckpoint(file, `ends within its header: ${length} bytes are announced`);
  return Number(length);
}

/** Parses the JSON of a header and checks it against the size of the whole file. Throws CHECKPOINT_INVALID. */
export function parseHeader(file: string, json: Uint8Array, fileBytes: number): Header {
  if (json[0] !== 0x7b) throw invalidCheckpoint(file, 'has a header that does not begin with {');
  const parsed = parseJson(file, json, { maxBytes: MAX_HEADER_BYTES, maxDepth: MAX_DEPTH });
  const { [METADATA]: metadata = {}, ...tensors } = parsed as Record<string, unknown>;
  const start = PREFIX_BYTES + json.byteLength;
  const entries = Object.entries(tensors)
    .map(([name, value]) => parseEntry(file, name, value, start))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = start;
  for (const { name, begin, end } of entries) {
    if (begin !== at) {
      const what = begin > at ? 'leaves a hole before' : 'has bytes that overlap those of';
      throw invalidCheckpoint(file, `${what} the tensor ${quoted(name)}`);
    }
    at = end;
  }
  if (at !== fileBytes)
    throw invalidCheckpoint(file, `has ${fileBytes} bytes, by its header it should have ${at}`);
  return { entries, metadata: parseMetadata(file, metadata) };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A whole number that is exact, and not negative. */
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const isCounts = (value: unknown): value is number[] => Array.isArray(value) && value.every(isCount);

function parseEntry(file: string, name: string, value: unknown, start: number): TensorEntry {
  const wrong = (what: string) => invalidCheckpoint(file, `has a tensor ${quoted(name)} ${what}`);
  if (!isTensorName(name)) throw wrong(`whose name is empty, over ${MAX_NAME} characters or unreadable`);
  if (!isObject(value) || Object.keys(value).sort().join() !== ENTRY_KEYS.join())
    throw wrong('without exactly dtype, shape and data_offsets');
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDtype(dtype)) throw wrong(`of an unknown type ${typeof dtype === 'string' ? quoted(dtype) : ''}`);
  if (!isCounts(shape) || shape.length > MAX_RANK) throw wrong('with a shape that is not one');
  if (!isCounts(offsets) || offsets.length !== 2) throw wrong('with offsets that are not two whole numbers');
  const [begin = 0, end = 0] = offsets;
  const bytes = tensorBytes(dtype, shape);
  if (BigInt(end) - BigInt(begin) !== bytes)
    throw wrong(`with offsets ${begin} to ${end}; its shape and type need ${bytes} bytes`);
  return { name, dtype, shape, begin: start + begin, end: start + end };
}

function parseMetadata(file: string, value: unknown): ReadonlyMap<string, string> {
  if (!isObject(value)) throw invalidCheckpoint(file, 'has metadata that are not an object');
  const metadata = new Map<string, string>();
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string')
      throw invalidCheckpoint(file, `has metadata ${quoted(key)} that are no text`);
    metadata.set(key, text);
  }
  return metadata;
}

/** The head of a file: prefix and padded JSON. Tensors follow in the order given, without gaps. */
export function encodeHeader(
  tensors: readonly TensorInfo[],
  metadata: Readonly<Record<string, string>>,
): Buffer {
  let offset = 0;
  const parts = [`${JSON.stringify(METADATA)}:${JSON.stringify(metadata)}`];
  for (const { name, dtype, shape } of tensors) {
    const from = offset;
    offset += Number(tensorBytes(dtype, shape));
    parts.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [from, offset] })}`);
  }
  const json = Buffer.from(`{${parts.join()}}`);
  const padded = Math.ceil(json.byteLength / PREFIX_BYTES) * PREFIX_BYTES;
  const head = Buffer.alloc(PREFIX_BYTES + padded, ' ');
  head.writeBigUInt64LE(BigInt(padded), 0);
  json.copy(head, PREFIX_BYTES);
  return head;
}

/** Tensors by size of an element, the largest first, so that each lies at a multiple of its own. */
export const inFileOrder = <T extends TensorInfo>(tensors: readonly T[]): T[] =>
  tensors.toSorted((a, b) => itemBytes(b.dtype) - itemBytes(a.dtype));
