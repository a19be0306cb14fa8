// What capture and ops share: binding, tfjs, backend, and short forms for attributes and ops.

import type { DataType as TfjsType, Tensor, TensorInfo } from '@tensorflow/tfjs';
import { AttributeKind } from '../native/dataTypes.js';
import type { Attribute } from '../native/attributes.js';
import type { Binding } from './binding.js';
import type { Tf, TfjsBackend, TensorRecord } from './tfjs.js';

export class Runtime {
  constructor(
    readonly binding: Binding,
    readonly tf: Tf,
    readonly backend: TfjsBackend,
  ) {}

  record(tensor: TensorInfo): TensorRecord {
    return this.backend.tensorMap.get(tensor.dataId);
  }

  /** A tensor's id; uploads its host values if that has not happened yet. */
  id(tensor: TensorInfo): number {
    return this.backend.getInputTensorIds([tensor])[0] ?? 0;
  }

  /** Runs an op with one output. */
  run(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]): Tensor {
    return this.backend.executeSingleOutput(name, attributes, inputs);
  }

  /** Runs an op with several outputs. */
  runMany(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly TensorInfo[],
    count: number,
  ): Tensor[] {
    return this.backend.executeMultipleOutputs(name, attributes, inputs, count);
  }

  typeAttribute(name: string, dtype: TfjsType): Attribute {
    return { name, type: AttributeKind.TF_ATTR_TYPE, value: this.backend.getDTypeInteger(dtype) };
  }
}

export const stringAttribute = (name: string, value: string): Attribute => ({
  name,
  type: AttributeKind.TF_ATTR_STRING,
  value,
});
export const intsAttribute = (name: string, value: readonly number[]): Attribute => ({
  name,
  type: AttributeKind.TF_ATTR_INT,
  value,
});
