// What the parts of the engine share: the native library, the binding, tfjs on it, and short forms for running ops.

import type { DataType as TfjsType, Tensor, TensorInfo } from '@tensorflow/tfjs';
import type { CaptureContext } from '../capture/capture.js';
import { typeAttribute, type Attribute } from '../native/attributes.js';
import { AttributeKind, DataType } from '../native/dataTypes.js';
import type { Binding } from './binding.js';
import type { Tf, TfjsBackend, TensorRecord } from './tfjs.js';

export class Runtime {
  /** Whether ops run a second time for their values alone; then effects are left out. */
  replaying = false;

  constructor(
    readonly parts: CaptureContext,
    readonly binding: Binding,
    readonly tf: Tf,
    readonly backend: TfjsBackend,
  ) {}

  /** Whether a step is being captured for XLA, whose own kernels are fast where TensorFlow's are not, and the reverse. */
  get isForXla(): boolean {
    return this.binding.capture?.target.form === 'xla';
  }

  /** Whether a step is being captured in float64, which some of TensorFlow's fused kernels do not have. */
  get isFloat64(): boolean {
    return this.binding.capture?.target.isFloat64 ?? false;
  }

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

  /** Runs an op for its effect. Variables among the inputs are changed in place where the op takes a resource. */
  runEffect(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]): void {
    if (this.replaying) return;
    this.binding.executeOp(name, attributes, this.backend.getInputTensorIds(inputs, name), 0);
  }

  /** Runs an op whose first input is the length of a sequence, an int64 scalar; tfjs has no such type. */
  runOnSequence(
    name: string,
    attributes: readonly Attribute[],
    length: number,
    inputs: readonly TensorInfo[],
    count: number,
  ): Tensor[] {
    const id = this.binding.createTensor([], DataType.TF_INT64, BigInt64Array.of(BigInt(length)));
    try {
      const ids = [id, ...this.backend.getInputTensorIds(inputs)];
      const outputs = this.binding.executeOp(name, attributes, ids, count);
      return outputs.map((output) => this.backend.createOutputTensor(output));
    } finally {
      this.binding.deleteTensor(id);
    }
  }

  typeAttribute(name: string, dtype: TfjsType): Attribute {
    return typeAttribute(name, this.backend.getDTypeInteger(dtype));
  }
}

export const stringAttribute = (name: string, value: string): Attribute => ({
  name,
  type: AttributeKind.TF_ATTR_STRING,
  value,
});
export const intsAttribute = (name: string, value: number | readonly number[]): Attribute => ({
  name,
  type: AttributeKind.TF_ATTR_INT,
  value,
});
export const floatAttribute = (name: string, value: number): Attribute => ({
  name,
  type: AttributeKind.TF_ATTR_FLOAT,
  value,
});
export const boolAttribute = (name: string, value: boolean): Attribute => ({
  name,
  type: AttributeKind.TF_ATTR_BOOL,
  value,
});
