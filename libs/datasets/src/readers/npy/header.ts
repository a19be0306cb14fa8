// The header of an NPY file: numpy.lib.format, versions 1 to 3. It is a literal of Python, of which the three keys that
// NumPy writes are taken and nothing else.

import { unreadable } from '../problems.js';

/** NumPy's own limit of a header, in bytes. */
const MAX_HEADER = 10_000;
const MAX_AXES = 8;
const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
/** Bytes before the header: magic, version, and its length in two or four bytes. */
export const PREFIX_BYTES = 12;

const kinds = ['f', 'i', 'u', 'b'] as const;
type Kind = (typeof kinds)[number];

/** The numbers of an array. */
export interface NpyType {
  readonly kind: Kind;
  /** Bytes of one number. */
  readonly bytes: number;
  readonly littleEndian: boolean;
}

export interface NpyHeader {
  readonly type: NpyType;
  readonly fortran: boolean;
  /** The first axis is the rows. */
  readonly shape: readonly number[];
  /** Where the numbers begin. */
  readonly dataOffset: number;
  /** Bytes of all numbers. */
  readonly dataBytes: bigint;
}

const refuse = (message: string, hint = 'Write it with numpy.save'): never => {
  throw unreadable({ code: 'npyHeader', message, hint });
};

/** Types that are read, by the bytes that they may have. */
const SIZES: Readonly<Record<Kind, readonly number[]>> = {
  f: [2, 4, 8],
  i: [1, 2, 4, 8],
  u: [1, 2, 4, 8],
  b: [1],
};

function parseType(descr: string): NpyType {
  const [, order = '', letter = '', digits = ''] = /^([<>|=])([a-zA-Z])(\d*)$/.exec(descr) ?? [];
  if (letter === 'O') {
    const hint = 'Save it as an array of numbers: array.astype("float32")';
    return refuse(`its type "${descr}" is Python objects, which would be run to be read`, hint);
  }
  const kind = kinds.find((one) => one === letter);
  const bytes = Number(digits);
  if (kind === undefined || !SIZES[kind].includes(bytes) || (order === '|' && bytes > 1))
    return refuse(
      `its type ${descr.slice(0, 60)} is not read`,
      'Save it as bool, int, uint or float of 8 to 64 bits',
    );
  return { kind, bytes, littleEndian: order !== '>' };
}

function parseShape(text: string): number[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.at(-1) === '') parts.pop();
  if (!parts.every((part) => /^\d{1,16}L?$/.test(part)))
    return refuse(`its shape (${text.slice(0, 60)}) is none`);
  return parts.map((part) => Number(part.replace('L', '')));
}

/** A value of the literal, by its key. */
function valueOf(text: string, key: string, pattern: string): string {
  const found = [...text.matchAll(new RegExp(`'${key}'\\s*:\\s*${pattern}`, 'g'))];
  const [first] = found;
  return found.length === 1 && first?.[1] !== undefined
    ? first[1]
    : refuse(
        `its header does not say ${key}`,
        'Structured arrays are not read; write plain ones with numpy.save',
      );
}

/** Version and length of a header, from the first bytes of a file. */
export function headerLength(prefix: Buffer): { version: number; start: number; length: number } {
  if (prefix.length < PREFIX_BYTES || !prefix.subarray(0, 6).equals(MAGIC))
    return refuse('it does not begin as NPY files do', 'Upload a file that numpy.save or numpy.savez wrote');
  const version = prefix[6] ?? 0;
  if (version < 1 || version > 3) return refuse(`its version ${version} is not known`);
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? prefix.readUInt16LE(8) : prefix.readUInt32LE(8);
  if (length > MAX_HEADER) return refuse(`its header claims ${length} bytes, the limit is ${MAX_HEADER}`);
  return { version, start, length };
}

/** Parses a header. Sizes are multiplied as big integers. Throws DATASET_UNREADABLE. */
export function parseHeader(
  header: Buffer,
  { version, start }: { version: number; start: number },
): NpyHeader {
  const text = header.toString(version === 3 ? 'utf8' : 'latin1').trim();
  if (!text.startsWith('{') || !text.endsWith('}')) return refuse('its header is damaged');
  const type = parseType(valueOf(text, 'descr', "'([^']*)'"));
  const fortran = valueOf(text, 'fortran_order', '(True|False)') === 'True';
  const shape = parseShape(valueOf(text, 'shape', '\\(([^)]*)\\)'));
  if (shape.length === 0)
    return refuse('it holds one number, without an axis of rows', 'Save an array of rows');
  if (shape.length > MAX_AXES) return refuse(`it has ${shape.length} axes, the limit is ${MAX_AXES}`);
  if (shape.includes(0))
    return refuse(`its shape (${shape.join(', ')}) has no values`, 'Save an array that has rows');
  const dataBytes = shape.reduce((product, length) => product * BigInt(length), BigInt(type.bytes));
  return { type, fortran, shape, dataOffset: start + header.length, dataBytes };
}
