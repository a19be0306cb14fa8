// TensorFlow's data type numbers, attribute kinds, and the typed arrays of the host.

import { EngineError } from '../errors.js';

/** TF_DataType values, by the names that tfjs's kernels look up on the binding. */
export const DataType = {
  TF_FLOAT: 1,
  TF_DOUBLE: 2,
  TF_INT32: 3,
  TF_UINT8: 4,
  TF_INT16: 5,
  TF_INT8: 6,
  TF_STRING: 7,
  TF_COMPLEX64: 8,
  TF_INT64: 9,
  TF_BOOL: 10,
  TF_BFLOAT16: 14,
  TF_HALF: 19,
  TF_RESOURCE: 20,
} as const;

/** Kinds of attributes; the numbers are ours, tfjs's kernels only pass them back. */
export const AttributeKind = {
  TF_ATTR_STRING: 0,
  TF_ATTR_INT: 1,
  TF_ATTR_FLOAT: 2,
  TF_ATTR_BOOL: 3,
  TF_ATTR_TYPE: 4,
  TF_ATTR_SHAPE: 5,
  TF_ATTR_RESOURCE: 6,
} as const;

export type HostArray =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint8Array
  | Int16Array
  | Int8Array
  | BigInt64Array
  | Uint16Array;

interface HostType {
  readonly bytes: number;
  readonly array: new (buffer: ArrayBuffer) => HostArray;
}

const HOST_TYPES = new Map<number, HostType>([
  [DataType.TF_FLOAT, { bytes: 4, array: Float32Array }],
  [DataType.TF_DOUBLE, { bytes: 8, array: Float64Array }],
  [DataType.TF_INT32, { bytes: 4, array: Int32Array }],
  [DataType.TF_UINT8, { bytes: 1, array: Uint8Array }],
  [DataType.TF_INT16, { bytes: 2, array: Int16Array }],
  [DataType.TF_INT8, { bytes: 1, array: Int8Array }],
  [DataType.TF_COMPLEX64, { bytes: 8, array: Float32Array }],
  [DataType.TF_INT64, { bytes: 8, array: BigInt64Array }],
  [DataType.TF_BOOL, { bytes: 1, array: Uint8Array }],
  [DataType.TF_BFLOAT16, { bytes: 2, array: Uint16Array }],
  [DataType.TF_HALF, { bytes: 2, array: Uint16Array }],
]);

/** Element size in bytes and array class of a data type. */
export function hostType(dtype: number): HostType {
  const type = HOST_TYPES.get(dtype);
  if (!type) throw new EngineError('BAD_HOST_VALUES', `data type ${dtype} has no form on the host`);
  return type;
}

/** Number of elements of a shape. */
export const elementCount = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

/** A list of integers as the C API wants it. */
export const toInt64Array = (numbers: readonly number[]): BigInt64Array =>
  BigInt64Array.from(numbers, BigInt);
