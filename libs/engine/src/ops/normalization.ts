// Batch and layer normalization, channels last.

import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import { boolAttribute, floatAttribute, type Runtime } from '../backend/runtime.js';
import type { Attribute } from '../native/attributes.js';
import { floatType, NHWC } from './attributes.js';
import { defineKernel } from './kernels.js';
import { layerNormOps } from './layerNormalization.js';

interface Settings {
  readonly epsilon: number;
}

/** The statistics that training takes from a batch. */
export interface BatchNormResult {
  readonly output: Tensor;
  /** [channels]. */
  readonly mean: Tensor1D;
  /** [channels]; that of the batch as a population, as Keras keeps it. */
  readonly variance: Tensor1D;
}

/** FusedBatchNormV3 wants four dimensions; [rows, 1, 1, channels] is the same to it. */
const asImages = (x: Tensor): Tensor => (x.rank === 4 ? x : x.reshape([-1, 1, 1, x.shape.at(-1) ?? 1]));

const OUTPUTS = 6;
const GRADIENTS = 5; // Two of them empty.

export function normalizationOps(runtime: Runtime) {
  const attributesFor = (epsilon: number): Attribute[] => [
    floatType(runtime),
    runtime.typeAttribute('U', 'float32'),
    floatAttribute('epsilon', epsilon),
    boolAttribute('is_training', true),
    NHWC,
  ];
  const training = defineKernel(runtime, 'BatchNormTraining', {
    inputs: ['x', 'scale', 'offset'],
    outputs: ['y', 'mean', 'variance', 'saved1', 'saved2', 'saved3'],
    saved: ['x', 'scale', 'saved1', 'saved2', 'saved3'],
    forward: ({ x, scale, offset }, { epsilon }: Settings) => {
      const none = runtime.tf.tensor1d([]);
      const inputs = [asImages(x), scale, offset, none, none];
      const results = runtime.runMany('FusedBatchNormV3', attributesFor(epsilon), inputs, OUTPUTS);
      const [y, mean, sampleVariance, ...reserved] = results as [Tensor, Tensor, Tensor, ...Tensor[]];
      const count = x.size / (x.shape.at(-1) ?? 1);
      const variance = sampleVariance.mul((count - 1) / count);
      return [y.reshape(x.shape), mean, variance, ...reserved];
    },
    gradient: ({ y: dy }, { x, scale, saved1, saved2, saved3 }, { epsilon }) => {
      const inputs = [asImages(dy), asImages(x), scale, saved1, saved2, saved3];
      const results = runtime.runMany('FusedBatchNormGradV3', attributesFor(epsilon), inputs, GRADIENTS);
      const [dx, dScale, dOffset] = results as [Tensor, Tensor, Tensor, ...Tensor[]];
      return { x: () => dx.reshape(x.shape), scale: () => dScale, offset: () => dOffset };
    },
  });
  /** The same in plain ops, for float64, which the fused op does not have. */
  const normalize = (
    centered: Tensor,
    variance: Tensor,
    { scale, offset, epsilon }: { scale: Tensor; offset: Tensor; epsilon: number },
  ): Tensor => centered.mul(variance.add(epsilon).rsqrt()).mul(scale).add(offset);
  const plainTraining = (x: Tensor, scale: Tensor, offset: Tensor, epsilon: number) => {
    const axes = Array.from({ length: x.rank - 1 }, (_, axis) => axis);
    const mean = x.mean(axes);
    const centered = x.sub(mean);
    const variance = centered.square().mean(axes);
    return { y: normalize(centered, variance, { scale, offset, epsilon }), mean, variance };
  };
  return {
    /**
     * Normalizes each channel of x [..., channels] by the batch's own mean and variance, then scales and shifts it
     * (Ioffe and Szegedy, ICML 2015; Keras `BatchNormalization` in training). No gradient flows through the statistics
     * that it returns.
     */
    batchNormTraining(x: Tensor, scale: Tensor1D, offset: Tensor1D, epsilon = 1e-3): BatchNormResult {
      const { y, mean, variance } = runtime.tf.tidy(() => {
        if (runtime.isFloat64) return plainTraining(x, scale, offset, epsilon);
        const results = training({ x, scale, offset }, { epsilon });
        return { y: results.y, mean: results.mean, variance: results.variance };
      });
      return { output: y, mean: mean as Tensor1D, variance: variance as Tensor1D };
    },

    /** Normalizes each channel of x [..., channels] by statistics from outside (Keras `BatchNormalization` in inference). */
    batchNormInference(
      x: Tensor,
      statistics: { readonly mean: Tensor1D; readonly variance: Tensor1D },
      scale: Tensor1D,
      offset: Tensor1D,
      epsilon = 1e-3,
    ): Tensor {
      const { mean, variance } = statistics;
      return runtime.tf.tidy(() =>
        runtime.isFloat64
          ? normalize(x.sub(mean), variance, { scale, offset, epsilon })
          : runtime.tf.batchNorm(asImages(x), mean, variance, offset, scale, epsilon).reshape(x.shape),
      );
    },

    ...layerNormOps(runtime),
  };
}
