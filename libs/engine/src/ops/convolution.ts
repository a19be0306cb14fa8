// Convolutions (cross-correlations, as Keras means them).

import type { Tensor4D } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import type { Padding } from './attributes.js';

/** A window over images, channels last. */
export interface Window {
  readonly strides: readonly [number, number];
  readonly padding: Padding;
}

export function convolutionOps({ tf }: Runtime) {
  return {
    /** x [batch, height, width, in] ∗ kernel [h, w, in, out]. */
    conv2d: (x: Tensor4D, kernel: Tensor4D, { strides, padding }: Window): Tensor4D =>
      tf.conv2d(x, kernel, [...strides], padding),
  };
}
