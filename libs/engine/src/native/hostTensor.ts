// Copies between JavaScript arrays and TF_Tensor memory.

import { EngineError } from '../errors.js';
import type { Pointer } from './capi.js';
import { DataType, elementCount, hostType, toInt64Array, type HostArray } from './dataTypes.js';
import type { Native } from './native.js';

/** Size of one TF_TString slot, in bytes. */
const STRING_BYTES = 24;

/** Strings are lists of bytes. */
export type HostValues = HostArray | readonly Uint8Array[];

const isList = (values: HostValues): values is readonly Uint8Array[] => Array.isArray(values);

/** The class of a typed array, whichever realm it is from. */
const className = (values: HostArray): string => Object.prototype.toString.call(values).slice(8, -1);

/**
 * Int64 values come in three forms: BigInt64Array, an Int32Array of (low, high) pairs, which is what tfjs's
 * kernels send, or one Int32 an element.
 */
function asInt64(values: HostArray, count: number): HostArray {
  if (className(values) !== 'Int32Array' || values.length === 2 * count) return values;
  return BigInt64Array.from(values as Int32Array, BigInt);
}

/** Refuses values whose bytes mean something else. Throws BAD_HOST_VALUES. */
function checkClass(dtype: number, values: HostArray): void {
  const [given, wanted] = [className(values), hostType(dtype).array.name];
  if (given === wanted || given.replace('Clamped', '') === wanted) return;
  if (dtype === DataType.TF_INT64 && given === 'Int32Array') return;
  const message = `a tensor of data type ${dtype} is made from ${wanted}, ${given} is given`;
  throw new EngineError('BAD_HOST_VALUES', message);
}

/** Makes a TF_Tensor of strings. */
function newStringTensor({ api }: Native, shape: readonly number[], values: readonly Uint8Array[]): Pointer {
  const count = elementCount(shape);
  if (values.length < count) {
    const message = `a tensor of shape [${shape.join(', ')}] needs ${count} strings, ${values.length} are given`;
    throw new EngineError('BAD_HOST_VALUES', message);
  }
  const bytes = count * STRING_BYTES;
  const tensor = api.TF_AllocateTensor(DataType.TF_STRING, toInt64Array(shape), shape.length, bytes);
  const start = api.TF_TensorData(tensor);
  for (let i = 0; i < count; i++) {
    const slot = start + BigInt(i * STRING_BYTES);
    const value = values[i] ?? new Uint8Array();
    api.TF_StringInit(slot);
    api.TF_StringCopy(slot, value, value.length);
  }
  return tensor;
}

/**
 * Deletes a TF_Tensor of our making. Strings that do not fit in their slot have memory of their own, which TensorFlow
 * does not free with the tensor: nothing else may hold this one any more.
 */
export function deleteHostTensor({ api }: Native, tensor: Pointer): void {
  if (api.TF_TensorType(tensor) === DataType.TF_STRING) {
    const start = api.TF_TensorData(tensor);
    const count = Number(api.TF_TensorElementCount(tensor));
    for (let i = 0; i < count; i++) api.TF_StringDealloc(start + BigInt(i * STRING_BYTES));
  }
  api.TF_DeleteTensor(tensor);
}

/** Makes a TF_Tensor from host values, which `deleteHostTensor` frees. Throws BAD_HOST_VALUES when there are too few, or of another type. */
export function newHostTensor(
  native: Native,
  shape: readonly number[],
  dtype: number,
  values: HostValues,
): Pointer {
  if ((dtype === DataType.TF_STRING) !== isList(values)) {
    const message = `a tensor of data type ${dtype} is given ${isList(values) ? 'a list of strings' : 'numbers'}`;
    throw new EngineError('BAD_HOST_VALUES', message);
  }
  if (isList(values)) return newStringTensor(native, shape, values);
  checkClass(dtype, values);
  const count = elementCount(shape);
  const bytes = count * hostType(dtype).bytes;
  const source = dtype === DataType.TF_INT64 ? asInt64(values, count) : values;
  if (source.byteLength < bytes) {
    const message = `a tensor of shape [${shape.join(', ')}] needs ${bytes} bytes of host values, ${source.byteLength} are given`;
    throw new EngineError('BAD_HOST_VALUES', message);
  }
  const tensor = native.api.TF_AllocateTensor(dtype, toInt64Array(shape), shape.length, bytes);
  native.writeMemory(native.api.TF_TensorData(tensor), source, bytes);
  return tensor;
}

/** Copies a TF_Tensor out. */
export function readHostTensor(native: Native, tensor: Pointer): HostValues {
  const { api } = native;
  const dtype = api.TF_TensorType(tensor);
  const start = api.TF_TensorData(tensor);
  if (dtype !== DataType.TF_STRING) {
    return new (hostType(dtype).array)(native.readMemory(start, Number(api.TF_TensorByteSize(tensor))));
  }
  return Array.from({ length: Number(api.TF_TensorElementCount(tensor)) }, (_, i) => {
    const slot = start + BigInt(i * STRING_BYTES);
    const size = Number(api.TF_StringGetSize(slot));
    return new Uint8Array(native.readMemory(api.TF_StringGetDataPointer(slot), size));
  });
}
