// All ops of `engine.ops`: those that TensorFlow computes fused or with a gradient op of its own. Channels come last.

import type { Runtime } from '../backend/runtime.js';
import { activationOps } from './activations.js';
import { attentionOps } from './attention.js';
import { biasOps } from './bias.js';
import { convolutionOps } from './convolution.js';
import { dropoutOps } from './dropout.js';
import { embeddingOps } from './embedding.js';
import { lossOps } from './losses.js';
import { matmulOps } from './matmul.js';
import { normalizationOps } from './normalization.js';
import { orthonormalOps } from './orthonormal.js';
import { poolingOps } from './pooling.js';
import { recurrentOps } from './recurrent.js';

export type Ops = ReturnType<typeof createOps>;

/** Defines the ops; once for a runtime. */
export function createOps(runtime: Runtime) {
  const bias = biasOps(runtime);
  const products = matmulOps(runtime, bias.biasAdd);
  return {
    ...activationOps(runtime),
    ...attentionOps(runtime, products.batchMatMul),
    ...bias,
    ...convolutionOps(runtime),
    ...dropoutOps(runtime),
    ...embeddingOps(runtime),
    ...lossOps(runtime),
    ...normalizationOps(runtime),
    ...orthonormalOps(runtime),
    ...poolingOps(runtime),
    ...products,
    ...recurrentOps(runtime),
  };
}
