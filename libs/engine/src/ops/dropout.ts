// Dropout with a mask that is a function of a seed.

import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import { defineKernel } from './kernels.js';
import { RandomOps } from './random.js';

interface Settings {
  readonly rate: number;
}

export function dropoutOps(runtime: Runtime) {
  const random = new RandomOps(runtime);
  const dropout = defineKernel(runtime, 'Dropout', {
    inputs: ['x', 'seed'],
    outputs: ['y', 'mask'],
    saved: ['mask'],
    forward: ({ x, seed }, { rate }: Settings) => {
      const kept = random.statelessUniform(x.shape, seed as Tensor1D).greaterEqual(rate);
      const mask = kept.cast('float32').mul(1 / (1 - rate));
      return [x.mul(mask), mask];
    },
    gradient: ({ y: dy }, { mask }) => ({ x: () => dy.mul(mask) }),
  });
  return {
    /**
     * Zeroes each element with probability `rate`, in [0, 1), and divides the others by 1 − rate (Srivastava et al.,
     * JMLR 15, 2014; Keras `Dropout` in training). The seed (int32 [2]) decides which; the same seed gives the same
     * elements, so it has to be another one for every layer and step.
     */
    dropout: (x: Tensor, rate: number, seed: Tensor1D): Tensor =>
      rate === 0 ? x.clone() : runtime.tf.tidy(() => dropout({ x, seed }, { rate }).y),
  };
}
