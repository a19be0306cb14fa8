// Protocol buffers' wire format (protobuf.dev/programming-guides/encoding), as much of it as TensorFlow's messages need.

const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
const WIRE_BYTES = 2;

/** One field of a message; messages, strings and bytes are bytes. */
export type Field = readonly [field: number, value: number | Uint8Array];

/** Splits a message into its fields; those of fixed size are skipped. Negative numbers are exact, as are those below 2^53. */
export function readFields(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let position = 0;
  const readVarint = (): number => {
    const start = position;
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[position++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return position - start < 10 ? value : negative(bytes.subarray(start, position));
    }
  };
  while (position < bytes.length) {
    const key = readVarint();
    const [field, wire] = [Math.floor(key / 8), key % 8];
    if (wire === WIRE_VARINT) fields.push([field, readVarint()]);
    else if (wire === WIRE_BYTES) {
      const size = readVarint();
      fields.push([field, bytes.subarray(position, position + size)]);
      position += size;
    } else position += wire === WIRE_FIXED64 ? 8 : 4;
  }
  return fields;
}

/** A varint of ten bytes: a negative int64 in two's complement. */
const negative = (bytes: Uint8Array): number =>
  Number(
    BigInt.asIntN(
      64,
      bytes.reduce((sum, byte, index) => sum + (BigInt(byte & 127) << BigInt(7 * index)), 0n),
    ),
  );

/** The values of a repeated field that holds messages or strings. */
export const bytesOf = (fields: readonly Field[], wanted: number): Uint8Array[] =>
  fields.flatMap(([field, value]) => (field === wanted && value instanceof Uint8Array ? [value] : []));

/** The text of a string field; empty when it is absent. */
export const textOf = (fields: readonly Field[], wanted: number): string =>
  Buffer.from(bytesOf(fields, wanted)[0] ?? []).toString();

/** The number in a varint field; 0 when it is absent. */
export function numberOf(fields: readonly Field[], wanted: number): number {
  const found = fields.find(([field, value]) => field === wanted && typeof value === 'number');
  return typeof found?.[1] === 'number' ? found[1] : 0;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return Buffer.from([...bytes, rest]);
}

/** A number field; zero is the default and is left out. */
export const numberField = (field: number, value: number): Buffer =>
  value === 0 ? Buffer.alloc(0) : Buffer.concat([varint(field * 8), varint(value)]);

/** A repeated float field, packed as proto3 does it; an empty one is left out. */
export const floatsField = (field: number, values: readonly number[]): Buffer =>
  bytesField(field, new Uint8Array(Float32Array.from(values).buffer));

/** A message, string or bytes field; an empty one is left out. */
export function bytesField(field: number, content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content);
  return bytes.length === 0
    ? bytes
    : Buffer.concat([varint(field * 8 + WIRE_BYTES), varint(bytes.length), bytes]);
}

/** An entry of a map from strings to numbers, which is written even when the number is zero. */
export const countEntry = (field: number, key: string, value: number): Buffer =>
  bytesField(field, Buffer.concat([bytesField(1, key), varint(16), varint(value)]));

/** An entry of a map from numbers to strings, which is written even when its key is zero. */
export const mapEntry = (field: number, key: number, value: string): Buffer =>
  bytesField(field, Buffer.concat([varint(8), varint(key), bytesField(2, value)]));
