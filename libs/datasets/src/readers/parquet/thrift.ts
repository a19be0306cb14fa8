// Thrift's compact protocol, as far as the headers of Parquet's pages need it. Nothing is allocated by what it claims.

/** Where in some bytes a struct is read. */
export interface ThriftReader {
  readonly bytes: Uint8Array;
  offset: number;
}

/** Fields of a struct by their numbers; those that are neither integers, booleans nor structs are left out. */
export type ThriftStruct = ReadonlyMap<number, number | boolean | ThriftStruct>;

const MAX_DEPTH = 8;
const MAX_FIELDS = 1000;

export class ThriftError extends Error {}

function byteAt(reader: ThriftReader): number {
  const byte = reader.bytes[reader.offset++];
  if (byte === undefined) throw new ThriftError('a page header is cut off');
  return byte;
}

/** An unsigned integer of up to 63 bits; beyond 2^53 it loses digits, which no limit minds. */
function varint(reader: ThriftReader): number {
  let [result, factor] = [0, 1];
  for (let count = 0; count < 9; count++) {
    const byte = byteAt(reader);
    result += (byte & 0x7f) * factor;
    if (byte < 0x80) return result;
    factor *= 128;
  }
  throw new ThriftError('a page header has an integer without an end');
}

function zigzag(reader: ThriftReader): number {
  const value = varint(reader);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function skip(reader: ThriftReader, bytes: number): void {
  reader.offset += bytes;
  if (reader.offset > reader.bytes.length) throw new ThriftError('a page header is cut off');
}

function skipList(reader: ThriftReader, depth: number): void {
  const byte = byteAt(reader);
  const count = byte >> 4 === 15 ? varint(reader) : byte >> 4;
  if (count > MAX_FIELDS) throw new ThriftError('a page header has too long a list');
  for (let at = 0; at < count; at++) readValue(reader, byte & 15, depth, true);
}

/** A value by its type; undefined for what is skipped. In lists booleans take a byte. */
function readValue(
  reader: ThriftReader,
  type: number,
  depth: number,
  inList = false,
): number | boolean | ThriftStruct | undefined {
  switch (type) {
    case 1:
    case 2:
      return inList ? byteAt(reader) === 1 : type === 1;
    case 3:
      return byteAt(reader);
    case 4:
    case 5:
    case 6:
      return zigzag(reader);
    case 7:
      skip(reader, 8);
      return undefined;
    case 8:
      skip(reader, varint(reader));
      return undefined;
    case 9:
    case 10:
      skipList(reader, depth + 1);
      return undefined;
    case 12:
      return readStruct(reader, depth + 1);
    default:
      throw new ThriftError(`a page header has a field of the type ${type}`);
  }
}

/** Reads a struct and moves on behind it. Throws ThriftError. */
export function readStruct(reader: ThriftReader, depth = 0): ThriftStruct {
  if (depth > MAX_DEPTH) throw new ThriftError('a page header is nested too deep');
  const fields = new Map<number, number | boolean | ThriftStruct>();
  let id = 0;
  for (let count = 0; count < MAX_FIELDS; count++) {
    const byte = byteAt(reader);
    if (byte === 0) return fields;
    id = byte >> 4 === 0 ? zigzag(reader) : id + (byte >> 4);
    const value = readValue(reader, byte & 15, depth);
    if (value !== undefined) fields.set(id, value);
  }
  throw new ThriftError('a page header has too many fields');
}
