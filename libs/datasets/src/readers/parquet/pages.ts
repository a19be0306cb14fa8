// Checks the pages of a column before they are decoded. A page says how many values it has, and its runs how often each is
// repeated: a few bytes can claim billions, and a decoder that believes them takes all memory.

import { decompress } from './codecs.js';
import { readStruct, type ThriftReader, type ThriftStruct } from './thrift.js';

/** Bytes of a page, decompressed, and values that it may have. */
const MAX_PAGE_BYTES = 64 * 2 ** 20;
const MAX_PAGE_VALUES = 2 ** 23;

const DATA_PAGE = 0;
const INDEX_PAGE = 1;
const DICTIONARY_PAGE = 2;
const DATA_PAGE_V2 = 3;

/** Numbers of Parquet's encodings. */
const PLAIN = 0;
const PLAIN_DICTIONARY = 2;
const RLE = 3;
const RLE_DICTIONARY = 8;
/** Those that need no more than the limits above: DELTA_BINARY_PACKED, DELTA_LENGTH_BYTE_ARRAY, BYTE_STREAM_SPLIT. */
const BOUNDED = [PLAIN, 5, 6, 9];

export class PageError extends Error {}

/** What the pages of a column must agree with. */
export interface ColumnClaims {
  readonly codec: string;
  readonly maxDefinition: number;
  readonly maxRepetition: number;
  /** Values of the column chunk, nulls included. */
  readonly values: number;
}

const numberOf = (struct: ThriftStruct, field: number): number => {
  const value = struct.get(field);
  return typeof value === 'number' ? value : 0;
};

const structOf = (struct: ThriftStruct, field: number): ThriftStruct => {
  const value = struct.get(field);
  return value instanceof Map ? value : new Map<number, never>();
};

function requireRange(value: number, limit: number, what: string): void {
  if (value >= 0 && value <= limit) return;
  throw new PageError(`a page claims ${value} ${what}, the limit here is ${limit}`);
}

const widthOf = (max: number): number => 32 - Math.clz32(max);

/** Checks that the runs of the hybrid of run lengths and packed bits repeat no more values than there are. */
export function checkRuns(bytes: Uint8Array, width: number, values: number): void {
  let [at, seen] = [0, 0];
  if (width > 32) throw new PageError(`a page has values of ${width} bits`);
  while (seen < values && at < bytes.length) {
    let [header, factor] = [0, 1];
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined || factor > 2 ** 35) throw new PageError('a run has no length');
      header += (byte & 0x7f) * factor;
      if (byte < 0x80) break;
      factor *= 128;
    }
    const packed = header % 2 === 1;
    const count = packed ? ((header - 1) / 2) * 8 : header / 2;
    // The last pack is filled up to a multiple of eight; an empty run would never end.
    requireRange(count, values - seen + (packed ? 511 : 0), 'values in a run');
    if (count === 0) throw new PageError('a run is empty');
    at += packed ? (count / 8) * width : Math.ceil(width / 8);
    seen += count;
  }
}

/** Checks levels that have their length before them; the place behind them is the answer. */
function checkLevels(page: Uint8Array, at: number, max: number, values: number): number {
  if (max === 0) return at;
  if (at + 4 > page.length) throw new PageError('a page ends in its levels');
  const length = new DataView(page.buffer, page.byteOffset + at, 4).getUint32(0, true);
  requireRange(length, page.length - at - 4, 'bytes of levels');
  checkRuns(page.subarray(at + 4, at + 4 + length), widthOf(max), values);
  return at + 4 + length;
}

function checkValues(bytes: Uint8Array, encoding: number, values: number): void {
  if (BOUNDED.includes(encoding)) return;
  if (encoding === PLAIN_DICTIONARY || encoding === RLE_DICTIONARY)
    checkRuns(bytes.subarray(1), bytes[0] ?? 0, values);
  else if (encoding === RLE) checkLevels(bytes, 0, 1, values);
  else
    throw new PageError(
      `the encoding ${encoding} is not read: write it with the encodings PLAIN or dictionary`,
    );
}

function unpack(codec: string, bytes: Uint8Array, size: number): Uint8Array {
  const page = decompress(codec, bytes, size);
  if (page === null)
    throw new PageError(`the compression ${codec} is not read: use SNAPPY, GZIP, ZSTD, BROTLI or LZ4_RAW`);
  if (page.length !== size) throw new PageError(`a page has ${page.length} bytes, and claims ${size}`);
  return page;
}

function checkDataPage(header: ThriftStruct, bytes: Uint8Array, size: number, claims: ColumnClaims): number {
  const head = structOf(header, 5);
  const values = numberOf(head, 1);
  requireRange(values, MAX_PAGE_VALUES, 'values');
  const page = unpack(claims.codec, bytes, size);
  for (const [field, max] of [
    [4, claims.maxRepetition],
    [3, claims.maxDefinition],
  ] as const)
    if (max > 0 && numberOf(head, field) !== RLE)
      throw new PageError('levels are encoded in a way that is no longer used');
  const levels = checkLevels(page, 0, claims.maxRepetition, values);
  checkValues(
    page.subarray(checkLevels(page, levels, claims.maxDefinition, values)),
    numberOf(head, 2),
    values,
  );
  return values;
}

function checkDataPageV2(
  header: ThriftStruct,
  bytes: Uint8Array,
  size: number,
  claims: ColumnClaims,
): number {
  const head = structOf(header, 8);
  const [values, nulls, rows] = [numberOf(head, 1), numberOf(head, 2), numberOf(head, 3)];
  const [definitions, repetitions] = [numberOf(head, 5), numberOf(head, 6)];
  requireRange(values, MAX_PAGE_VALUES, 'values');
  requireRange(nulls, values, 'nulls');
  requireRange(rows, values, 'rows');
  requireRange(definitions, bytes.length, 'bytes of levels');
  requireRange(repetitions, bytes.length - definitions, 'bytes of levels');
  const levels = definitions + repetitions;
  requireRange(levels, size, 'bytes of levels');
  checkRuns(bytes.subarray(0, repetitions), widthOf(claims.maxRepetition), values);
  checkRuns(bytes.subarray(repetitions, levels), widthOf(claims.maxDefinition), values);
  const isPacked = head.get(7) !== false && size > levels;
  const page = isPacked
    ? unpack(claims.codec, bytes.subarray(levels), size - levels)
    : bytes.subarray(levels);
  checkValues(page, numberOf(head, 4), values - nulls);
  return values;
}

/** Checks one page; how many values it adds to the column is the answer. */
function checkPage(header: ThriftStruct, bytes: Uint8Array, size: number, claims: ColumnClaims): number {
  switch (numberOf(header, 1)) {
    case DATA_PAGE:
      return checkDataPage(header, bytes, size, claims);
    case DATA_PAGE_V2:
      return checkDataPageV2(header, bytes, size, claims);
    case DICTIONARY_PAGE:
      requireRange(numberOf(structOf(header, 7), 1), MAX_PAGE_VALUES, 'values of a dictionary');
      unpack(claims.codec, bytes, size);
      return 0;
    case INDEX_PAGE:
      throw new PageError('an index lies between the pages');
    default:
      throw new PageError('a page is of a kind that is not known');
  }
}

/** Checks all pages of a column chunk. Throws PageError, ThriftError, or what a decompressor throws. */
export function checkPages(chunk: Uint8Array, claims: ColumnClaims): void {
  const reader: ThriftReader = { bytes: chunk, offset: 0 };
  let values = 0;
  while (values < claims.values) {
    const header = readStruct(reader);
    const [size, packed] = [numberOf(header, 2), numberOf(header, 3)];
    requireRange(size, MAX_PAGE_BYTES, 'bytes');
    requireRange(packed, chunk.length - reader.offset, 'compressed bytes');
    const page = chunk.subarray(reader.offset, reader.offset + packed);
    values += checkPage(header, page, size, claims);
    reader.offset += packed;
  }
  if (values !== claims.values)
    throw new PageError(`the pages of a column have ${values} values, it claims ${claims.values}`);
}
