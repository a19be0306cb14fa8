// The backend of tfjs-node-gpu with what it lacks: temporaries are freed, a disposed tensor is a typed error, and every
// output has a type that tfjs knows.

import type { Tensor, TensorInfo } from '@tensorflow/tfjs';
import { EngineError } from '../errors.js';
import { typeAttribute, type Attribute } from '../native/attributes.js';
import { DataType } from '../native/dataTypes.js';
import type { Binding, OutputInfo } from './binding.js';
import type { Tf, TfjsBackend } from './tfjs.js';

export type BackendClass = new (binding: Binding, packageName: string) => TfjsBackend;

/** tfjs-node-gpu's class of int64 scalars: plain host values, uploaded for each use. */
export type Int64Class = new (value: number) => object;

/** The types that tfjs has a name for. */
const NAMED: ReadonlySet<number> = new Set([
  DataType.TF_FLOAT,
  DataType.TF_INT32,
  DataType.TF_BOOL,
  DataType.TF_COMPLEX64,
  DataType.TF_STRING,
  DataType.TF_RESOURCE,
]);

/** The class of our backend. */
export function extendBackend(Base: BackendClass, Int64Scalar: Int64Class, tf: Tf): BackendClass {
  return class EngineBackend extends Base {
    constructor(
      private readonly bridge: Binding,
      packageName: string,
    ) {
      super(bridge, packageName);
    }

    /** Ids of tensors; uploads host values on their first use. Throws TENSOR_DISPOSED. */
    override getInputTensorIds(tensors: readonly TensorInfo[], op?: string): number[] {
      for (const tensor of tensors) {
        if (tensor instanceof Int64Scalar || this.tensorMap.has(tensor.dataId)) continue;
        if (tf.engine().state.tensorInfo.has(tensor.dataId)) continue; // It moves here from another backend.
        const message = `${op ? `${op}: ` : ''}a tensor was used after it was disposed`;
        throw new EngineError('TENSOR_DISPOSED', message, {
          layer: this.bridge.scope,
          ...(op ? { op } : {}),
        });
      }
      return super.getInputTensorIds(tensors);
    }

    override executeSingleOutput(
      name: string,
      attributes: readonly Attribute[],
      inputs: readonly TensorInfo[],
    ): Tensor {
      const [output] = this.executeMultipleOutputs(name, attributes, inputs, 1);
      if (output) return output;
      throw new EngineError('INVALID_ARGUMENT', `${name} has no output, one was asked for`, { op: name });
    }

    override executeMultipleOutputs(
      name: string,
      attributes: readonly Attribute[],
      inputs: readonly TensorInfo[],
      count: number,
    ): Tensor[] {
      const ids = this.getInputTensorIds(inputs, name);
      try {
        return this.bridge
          .executeOp(name, attributes, ids, count)
          .map((output) => this.createOutputTensor(output));
      } finally {
        inputs.forEach((tensor, index) => {
          if (tensor instanceof Int64Scalar) this.bridge.deleteTensor(ids[index] ?? 0);
        });
      }
    }

    /** Types of integers that tfjs does not have become int32, so that further ops can work with them. */
    override createOutputTensor(output: OutputInfo): Tensor {
      const { dtype } = this.bridge.value(output.id);
      if (dtype !== DataType.TF_INT64 && dtype !== DataType.TF_UINT8) {
        if (NAMED.has(dtype)) return super.createOutputTensor(output);
        this.bridge.deleteTensor(output.id);
        const message = `tfjs has no tensors of TensorFlow's data type ${dtype}: cast the result to float32 or int32`;
        throw new EngineError('NOT_SUPPORTED', message, { layer: this.bridge.scope });
      }
      try {
        const types = [typeAttribute('SrcT', dtype), typeAttribute('DstT', DataType.TF_INT32)];
        const [cast] = this.bridge.executeOp('Cast', types, [output.id], 1);
        if (!cast) throw new Error('Cast has one output');
        return super.createOutputTensor(cast);
      } finally {
        this.bridge.deleteTensor(output.id);
      }
    }

    /** Counts are exact: a tensor's memory is freed when it is disposed. */
    override memory(): { unreliable: boolean } {
      return { unreliable: false };
    }
  };
}
