// Losses from logits, each computed together with its gradient, and without overflow.

import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import { floatType } from './attributes.js';
import { defineKernel } from './kernels.js';

export function lossOps(runtime: Runtime) {
  const { tf } = runtime;
  const T = floatType(runtime);
  const sparse = defineKernel(runtime, 'SparseSoftmaxCrossEntropy', {
    inputs: ['logits', 'labels'],
    outputs: ['loss', 'slope'],
    saved: ['slope'],
    forward: ({ logits, labels }) => {
      const types = [T, runtime.typeAttribute('Tlabels', 'int32')];
      return runtime.runMany('SparseSoftmaxCrossEntropyWithLogits', types, [logits, labels], 2);
    },
    gradient: ({ loss: dy }, { slope }) => ({ logits: () => dy.expandDims(1).mul(slope) }),
  });
  const dense = defineKernel(runtime, 'SoftmaxCrossEntropy', {
    inputs: ['logits', 'labels'],
    outputs: ['loss', 'slope'],
    saved: ['logits', 'slope'],
    forward: ({ logits, labels }) =>
      runtime.runMany('SoftmaxCrossEntropyWithLogits', [T], [logits, labels], 2),
    gradient: ({ loss: dy }, { logits, slope }) => ({
      logits: () => dy.expandDims(1).mul(slope),
      labels: () => runtime.run('LogSoftmax', [T], [logits]).mul(dy.neg().expandDims(1)),
    }),
  });
  const sigmoid = defineKernel(runtime, 'SigmoidCrossEntropy', {
    inputs: ['logits', 'labels'],
    outputs: ['loss'],
    saved: ['logits', 'labels'],
    forward: ({ logits, labels }) => [
      logits.relu().sub(logits.mul(labels)).add(logits.abs().neg().exp().log1p()),
    ],
    gradient: ({ loss: dy }, { logits, labels }) => ({
      logits: () => logits.sigmoid().sub(labels).mul(dy),
      labels: () => logits.mul(dy).neg(),
    }),
  });
  const l2 = defineKernel(runtime, 'L2Loss', {
    inputs: ['x'],
    outputs: ['loss'],
    saved: ['x'],
    forward: ({ x }) => [runtime.run('L2Loss', [T], [x])],
    gradient: ({ loss: dy }, { x }) => ({ x: () => x.mul(dy) }),
  });
  return {
    /** Softmax cross-entropy of each row: logits [batch, classes], class indexes [batch] int32 → [batch]. */
    sparseSoftmaxCrossEntropy: (logits: Tensor2D, labels: Tensor1D): Tensor1D =>
      tf.tidy(() => sparse({ logits, labels }, {}).loss as Tensor1D),

    /** The same with distributions as labels [batch, classes], which may have a gradient as well. */
    softmaxCrossEntropy: (logits: Tensor2D, labels: Tensor2D): Tensor1D =>
      tf.tidy(() => dense({ logits, labels }, {}).loss as Tensor1D),

    /**
     * Binary cross-entropy of each element from logits x and labels z of the same shape:
     * max(x, 0) − x·z + log(1 + exp(−|x|)), the stable form that Keras uses (`binary_crossentropy`, from_logits).
     */
    sigmoidCrossEntropy: (logits: Tensor, labels: Tensor): Tensor => sigmoid({ logits, labels }, {}).loss,

    /** Half of the sum of squares. */
    l2Loss: (x: Tensor): Scalar => l2({ x }, {}).loss as Scalar,
  };
}
