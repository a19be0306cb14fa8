// What is used of tfjs, and of the backend that tfjs-node-gpu brings.

import type * as tfjs from '@tensorflow/tfjs';
import type { Attribute } from '../native/attributes.js';
import type { OutputInfo } from './binding.js';

export type Tf = typeof tfjs;
type TensorInfo = tfjs.TensorInfo;

/** A tensor's record in the backend. */
export interface TensorRecord {
  id: number;
  readonly shape: readonly number[];
  /** TensorFlow's number. */
  readonly dtype: number;
  readonly refCount: number;
}

/** What we use of tfjs-node-gpu's backend; its own declaration hides most of it. */
export interface TfjsBackend extends tfjs.KernelBackend {
  readonly tensorMap: { get(dataId: object): TensorRecord; has(dataId: object): boolean };
  getDTypeInteger(dtype: tfjs.DataType): number;
  createOutputTensor(output: OutputInfo): tfjs.Tensor;
  /** Throws TENSOR_DISPOSED, with the name of the op that they are for. */
  getInputTensorIds(tensors: readonly TensorInfo[], op?: string): number[];
  applyActivation(
    x: tfjs.Tensor,
    activation: string,
    preluWeights?: tfjs.Tensor,
    leakyAlpha?: number,
  ): tfjs.Tensor;
  executeSingleOutput(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly TensorInfo[],
  ): tfjs.Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly TensorInfo[],
    count: number,
  ): tfjs.Tensor[];
}
