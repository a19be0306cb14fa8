// Copies between JavaScript arrays and TF_Tensor memory.

import { EngineError } from '../errors.js';
import type { Pointer } from './capi.js';
import { DataType, elementCount, hostType, toInt64Array, type HostArray } from './dataTypes.js';
import type { Native } from './native.js';

/** Size of one TF_TString slot, in bytes. */
const STRING_BYTES = 24;

export type HostValues = HostArray | readonly Uint8Array[];

/** Whether values are a list of strings. */
const isStrings = (values: HostValues): values is readonly Uint8Array[] => Array.isArray(values);

/**
 * Int64 values come in three forms: BigInt64Array, an Int32Array of (low, high) pairs, which is what tfjs's
 * kernels send, or one Int32 an element.
 */
function asInt64(values: HostArray, count: number): HostArray {
  if (!(values instanceof Int32Array) || values.length === 2 * count) return values;
  return toInt64Array([...values]);
}

/** Makes a TF_Tensor of strings. */
function newStringTensor({ api }: Native, shape: readonly number[], values: readonly Uint8Array[]): Pointer {
  const count = elementCount(shape);
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

/** Makes a TF_Tensor from host values; the caller deletes it. Throws BAD_HOST_VALUES when there are too few. */
export function newHostTensor(
  native: Native,
  shape: readonly number[],
  dtype: number,
  values: HostValues,
): Pointer {
  if (isStrings(values)) return newStringTensor(native, shape, values);
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
