// The number types of the safetensors format. Bytes are little-endian, which is the order of every machine that
// TensorFlow runs on, so that typed arrays are views of them.

/** Bytes of one element. */
const ITEM_BYTES = {
  F64: 8,
  I64: 8,
  F32: 4,
  I32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;

export type Dtype = keyof typeof ITEM_BYTES;

export const isDtype = (value: unknown): value is Dtype =>
  typeof value === 'string' && Object.hasOwn(ITEM_BYTES, value);

export const itemBytes = (dtype: Dtype): number => ITEM_BYTES[dtype];

/** Bytes of a tensor, exact for any shape. */
export const tensorBytes = (dtype: Dtype, shape: readonly number[]): bigint =>
  shape.reduce((product, size) => product * BigInt(size), BigInt(ITEM_BYTES[dtype]));

/** A name, a type, a shape. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
}

/** A tensor to write. `read` is called once, when its turn comes, so that big tensors need not be on the host at once. */
export interface TensorSource extends TensorInfo {
  readonly read: () => Uint8Array | Promise<Uint8Array>;
}

/** A tensor that was read: its bytes lie in a buffer of their own. */
export interface StoredTensor extends TensorInfo {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type HostValues = Float32Array | Float64Array | Int32Array | Uint8Array | BigInt64Array;

const bytesOf = ({ buffer, byteOffset, byteLength }: HostValues): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Values of the host as a tensor to write; a Uint8Array holds booleans where `dtype` says so. */
export function tensorSource(
  name: string,
  shape: readonly number[],
  values: HostValues,
  dtype: Dtype = dtypeOf(values),
): TensorSource {
  return { name, dtype, shape, read: () => bytesOf(values) };
}

function dtypeOf(values: HostValues): Dtype {
  if (values instanceof Float32Array) return 'F32';
  if (values instanceof Int32Array) return 'I32';
  if (values instanceof Float64Array) return 'F64';
  return values instanceof BigInt64Array ? 'I64' : 'U8';
}

/** The values of a tensor that was read, without a copy; null for types that JavaScript has no array for. */
export function hostValues({ dtype, bytes }: StoredTensor): HostValues | null {
  const { buffer } = bytes;
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F64':
      return new Float64Array(buffer);
    case 'I32':
      return new Int32Array(buffer);
    case 'I64':
      return new BigInt64Array(buffer);
    case 'U8':
    case 'BOOL':
      return bytes;
    default:
      return null;
  }
}
