// Gradient of batch normalization with given statistics; tfjs composes it from some thirty ops.

import type { Tensor } from '@tensorflow/tfjs';
import { boolAttribute, floatAttribute, stringAttribute, type Runtime } from '../runtime.js';
import type { Gradients, Replacement } from './replace.js';

/** Three gradients, and two empty outputs. */
const OUTPUTS = 5;

export function normalizationGradients(runtime: Runtime): Replacement[] {
  const { tf } = runtime;
  const original = tf.getGradient('FusedBatchNorm');
  const types = [runtime.typeAttribute('T', 'float32'), runtime.typeAttribute('U', 'float32')];

  /** x [batch, height, width, channels], all others [channels]. */
  const fused = (dy: Tensor, [x, mean, variance, scale]: readonly Tensor[], epsilon: number): Gradients => {
    if (!x || !mean || !variance) throw new Error('tfjs saves x, mean and variance');
    const factor = scale ?? tf.fill(mean.shape, 1);
    const attributes = [
      ...types,
      floatAttribute('epsilon', epsilon),
      boolAttribute('is_training', false),
      stringAttribute('data_format', 'NHWC'),
    ];
    const inputs = [dy, x, factor, mean, variance, tf.tensor1d([])];
    const results = runtime.runMany('FusedBatchNormGradV3', attributes, inputs, OUTPUTS);
    const [dx, dScale, dOffset] = results as [Tensor, Tensor, Tensor, ...Tensor[]];
    // Copies: two inputs may be one tensor, and tfjs frees a gradient when it adds another to it.
    // With σ² = variance + ε: dμ = −γ/σ·Σdy, and dσ² = −γ/(2σ²)·Σdy·(x − μ)/σ.
    return {
      x: () => dx,
      scale: () => dScale.clone(),
      offset: () => dOffset.clone(),
      mean: () => dOffset.mul(factor).mul(variance.add(epsilon).rsqrt()).neg(),
      variance: () => dScale.mul(factor).div(variance.add(epsilon)).mul(-0.5),
    };
  };

  return [
    {
      kernelName: 'FusedBatchNorm',
      inputsToSave: ['x', 'mean', 'variance', 'scale'],
      gradient: (dy, saved, attributes) =>
        saved[0]?.rank === 4 && saved[1]?.rank === 1
          ? fused(dy, saved, Number(attributes['varianceEpsilon']))
          : original.gradFunc(dy, [...saved], attributes),
    },
  ];
}
