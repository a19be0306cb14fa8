// tfjs on our binding: tfjs-node-gpu's JavaScript kernels are loaded without its native part.

import type * as tfjs from '@tensorflow/tfjs';
import { createRequire } from 'node:module';
import type { Attribute } from '../native/attributes.js';
import { AttributeKind } from '../native/dataTypes.js';
import type { Binding, OutputInfo } from './binding.js';

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
  readonly tensorMap: { get(dataId: object): TensorRecord };
  getDTypeInteger(dtype: tfjs.DataType): number;
  createOutputTensor(output: OutputInfo): tfjs.Tensor;
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
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

interface BackendModule {
  readonly NodeJSKernelBackend: new (binding: Binding, packageName: string) => TfjsBackend;
}

const PRIORITY = 3;
const NAME = 'tensorflow';

/** tfjs-node-gpu calls two functions that newer Node has dropped from `util`. */
function restoreUtil(require: NodeJS.Require): void {
  const util = require('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
}

/**
 * tfjs's clones share the record of their original. A variable's record stands for state that changes in place, so a
 * clone of one, which tfjs also makes for every gradient, gets a record with the value of now.
 */
function snapshotClones(tf: Tf, backend: TfjsBackend, binding: Binding): void {
  const [shared] = tf.getKernelsForBackend(NAME).filter(({ kernelName }) => kernelName === 'Identity');
  if (!shared) throw new Error('tfjs-node-gpu registers Identity');
  tf.unregisterKernel('Identity', NAME);
  tf.registerKernel({
    kernelName: 'Identity',
    backendName: NAME,
    kernelFunc: (args) => {
      const x = args.inputs['x'] as TensorInfo;
      const { id } = backend.tensorMap.get(x.dataId);
      if (!binding.isVariable(id)) return shared.kernelFunc(args);
      const type = { name: 'T', type: AttributeKind.TF_ATTR_TYPE, value: backend.getDTypeInteger(x.dtype) };
      return backend.executeSingleOutput('Identity', [type], [x]);
    },
  });
}

/** Loads tfjs and makes a backend on the binding its default one. */
export function loadTfjs(binding: Binding): { tf: Tf; backend: TfjsBackend } {
  // Both are CommonJS; required from one place they share one copy of tfjs.
  const require = createRequire(import.meta.url);
  restoreUtil(require);
  const tf = require('@tensorflow/tfjs') as Tf;
  require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels');
  const { NodeJSKernelBackend } =
    require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js') as BackendModule;
  const backend = new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node');
  tf.registerBackend(NAME, () => backend, PRIORITY);
  void tf.setBackend(NAME); // The factory is synchronous, and so is the choice.
  snapshotClones(tf, backend, binding);
  return { tf, backend };
}
