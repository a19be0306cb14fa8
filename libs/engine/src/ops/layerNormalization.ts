// Layer normalization over the last axis, with a backward pass of its own. Of the compositions that TensorFlow's CPU
// kernels allow this was the fastest that XLA compiles as well: row means as Mean or MatMul, column sums as BiasAddGrad.

import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import { boolAttribute, type Runtime } from '../backend/runtime.js';
import { floatType, NHWC } from './attributes.js';
import { defineKernel } from './kernels.js';

interface Settings {
  readonly epsilon: number;
}

export function layerNormOps(runtime: Runtime) {
  const { tf } = runtime;
  const T = floatType(runtime);
  const reduction = [T, runtime.typeAttribute('Tidx', 'int32'), boolAttribute('keep_dims', true)];
  const rowMean = (x: Tensor): Tensor => runtime.run('Mean', reduction, [x, tf.tensor1d([1], 'int32')]);
  const columnSum = (x: Tensor): Tensor => runtime.run('BiasAddGrad', [T, NHWC], [x]);
  const rows = (x: Tensor): Tensor => x.reshape([-1, x.shape.at(-1) ?? 1]);

  const layerNorm = defineKernel(runtime, 'LayerNorm', {
    inputs: ['x', 'scale', 'offset'],
    outputs: ['y', 'normalized', 'inverse'],
    saved: ['scale', 'normalized', 'inverse'],
    forward: ({ x, scale, offset }, { epsilon }: Settings) => {
      const table = rows(x);
      const centered = table.sub(rowMean(table));
      const inverse = rowMean(centered.square()).add(epsilon).rsqrt();
      const normalized = centered.mul(inverse);
      return [normalized.mul(scale).add(offset).reshape(x.shape), normalized, inverse];
    },
    // With x̂ normalized, σ the deviation, D the length of a row, γ the scale:
    // dx = (γ·dy − mean(γ·dy) − x̂·mean(γ·dy·x̂)) / σ; a mean over a row of γ·v is the product v·(γ/D).
    gradient: ({ y }, { scale, normalized, inverse }) => {
      const dy = rows(y);
      const slope = dy.mul(normalized);
      return {
        x: () => {
          const weights = scale.reshape([-1, 1]).mul(1 / scale.size);
          const mean = runtime.run('MatMul', [T], [dy, weights]);
          const projection = runtime.run('MatMul', [T], [slope, weights]);
          return dy.mul(scale).sub(normalized.mul(projection).add(mean)).mul(inverse).reshape(y.shape);
        },
        scale: () => columnSum(slope),
        offset: () => columnSum(dy),
      };
    },
  });
  return {
    /**
     * Normalizes each row of x [..., features] by its own mean and variance (as a population), then scales and shifts it
     * (Ba, Kiros, Hinton, arXiv:1607.06450; Keras `LayerNormalization`). Scale and offset are [features].
     */
    layerNorm: (x: Tensor, scale: Tensor1D, offset: Tensor1D, epsilon = 1e-3): Tensor =>
      tf.tidy(() => layerNorm({ x, scale, offset }, { epsilon }).y),
  };
}
