// Sets attributes of an eager op, or of a graph node under construction.

import { EngineError } from '../errors.js';
import type { Pointer } from './capi.js';
import { AttributeKind, toInt64Array } from './dataTypes.js';
import type { Native } from './native.js';

/** An attribute as tfjs's kernels give it. */
export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: string | number | boolean | readonly number[] | Uint8Array;
}

/** An attribute that is a TF_DataType, or a list of them. */
export const typeAttribute = (name: string, value: number | readonly number[]): Attribute => ({
  name,
  type: AttributeKind.TF_ATTR_TYPE,
  value,
});

type ApiPrefix = 'TFE_OpSetAttr' | 'TF_SetAttr';

const numbers = (value: Attribute['value']): readonly number[] =>
  Array.isArray(value) ? (value as readonly number[]) : [Number(value)];

/** Sets a shape; the eager form reports a status, the graph form does not. */
function setShape(
  { api, status }: Native,
  prefix: ApiPrefix,
  op: Pointer,
  name: string,
  dims: readonly number[],
): void {
  const shape = toInt64Array(dims);
  if (prefix === 'TF_SetAttr') {
    api.TF_SetAttrShape(op, name, shape, dims.length);
    return;
  }
  api.TFE_OpSetAttrShape(op, name, shape, dims.length, status.pointer);
  status.check(name);
}

/** Sets one attribute; a list sets the list form. */
export function setAttribute(native: Native, prefix: ApiPrefix, op: Pointer, attribute: Attribute): void {
  const { api } = native;
  const { name, type, value } = attribute;
  const list = Array.isArray(value);
  const values = numbers(value);
  switch (type) {
    case AttributeKind.TF_ATTR_STRING: {
      const bytes = value instanceof Uint8Array ? value : Buffer.from(String(value));
      api[`${prefix}String`](op, name, bytes, bytes.length);
      return;
    }
    case AttributeKind.TF_ATTR_INT:
      if (list) api[`${prefix}IntList`](op, name, toInt64Array(values), values.length);
      else api[`${prefix}Int`](op, name, Number(value));
      return;
    case AttributeKind.TF_ATTR_FLOAT:
      if (list) api[`${prefix}FloatList`](op, name, Float32Array.from(values), values.length);
      else api[`${prefix}Float`](op, name, Number(value));
      return;
    case AttributeKind.TF_ATTR_BOOL:
      api[`${prefix}Bool`](op, name, value ? 1 : 0);
      return;
    case AttributeKind.TF_ATTR_TYPE:
      if (list) api[`${prefix}TypeList`](op, name, Int32Array.from(values), values.length);
      else api[`${prefix}Type`](op, name, Number(value));
      return;
    case AttributeKind.TF_ATTR_SHAPE:
      setShape(native, prefix, op, name, values);
      return;
    default:
      throw new EngineError('OP_FAILED', `attribute ${name} has the unknown kind ${type}`);
  }
}
