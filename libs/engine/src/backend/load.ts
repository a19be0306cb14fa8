// Loads tfjs on our binding: tfjs-node-gpu's JavaScript kernels without its native part.

import { createRequire } from 'node:module';
import type { Binding } from './binding.js';
import { refuseHostRandom } from './hostRandom.js';
import { BACKEND_NAME } from './override.js';
import { overrideKernels } from './overrides.js';
import type { Tf, TfjsBackend } from './tfjs.js';
import { extendBackend, type BackendClass, type Int64Class } from './tfjsBackend.js';

const PRIORITY = 3;

/** tfjs-node-gpu calls two functions that newer Node has dropped from `util`. */
function restoreUtil(require: NodeJS.Require): void {
  const util = require('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  util['isArray'] = Array.isArray; // Node 24 still has it, and warns of it.
}

/** Loads tfjs and makes a backend on the binding its default one. */
export function loadTfjs(binding: Binding): { tf: Tf; backend: TfjsBackend } {
  // Both are CommonJS; required from one place they share one copy of tfjs.
  const require = createRequire(import.meta.url);
  restoreUtil(require);
  const tf = require('@tensorflow/tfjs') as Tf;
  require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels');
  const { NodeJSKernelBackend } = require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js') as {
    readonly NodeJSKernelBackend: BackendClass;
  };
  const { Int64Scalar } = require('@tensorflow/tfjs-node-gpu/dist/int64_tensors.js') as {
    readonly Int64Scalar: Int64Class;
  };
  const backend = new (extendBackend(NodeJSKernelBackend, Int64Scalar, tf))(binding, '@tensorflow/tfjs-node');
  tf.registerBackend(BACKEND_NAME, () => backend, PRIORITY);
  void tf.setBackend(BACKEND_NAME); // The factory is synchronous, and so is the choice.
  overrideKernels({ tf, backend, binding });
  refuseHostRandom(tf, binding);
  return { tf, backend };
}
