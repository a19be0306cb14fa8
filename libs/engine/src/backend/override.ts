// What a kernel of ours that replaces one of tfjs-node-gpu is made from.

import type { KernelFunc, Tensor, TensorInfo } from '@tensorflow/tfjs';
import { typeAttribute, type Attribute } from '../native/attributes.js';
import type { Binding } from './binding.js';
import type { Tf, TfjsBackend } from './tfjs.js';

export interface KernelParts {
  readonly tf: Tf;
  readonly backend: TfjsBackend;
  readonly binding: Binding;
}

/** Makes a kernel from the one that it replaces. */
export type Override = (parts: KernelParts, original: KernelFunc) => KernelFunc;

/** The name that tfjs-node-gpu's kernels are registered for. */
export const BACKEND_NAME = 'tensorflow';

/** An input of a kernel; the engine hands over tensors. */
export const input = ({ inputs }: Parameters<KernelFunc>[0], name: string): Tensor => inputs[name] as Tensor;

/** An attribute that is the type of a tensor. */
export const typeOf = (backend: TfjsBackend, name: string, { dtype }: TensorInfo): Attribute =>
  typeAttribute(name, backend.getDTypeInteger(dtype));
