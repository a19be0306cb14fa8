// Pooling.

import type { Tensor4D } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import type { Window } from './convolution.js';

export function poolingOps({ tf }: Runtime) {
  return {
    /** The largest value of each window of x [batch, height, width, channels]. */
    maxPool2d: (x: Tensor4D, size: readonly [number, number], { strides, padding }: Window): Tensor4D =>
      tf.maxPool(x, [...size], [...strides], padding),
  };
}
