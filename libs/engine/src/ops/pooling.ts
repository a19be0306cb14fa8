// Pooling, channels last. Padding never counts: not as a value, and not in an average.

import type { Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import type { Window, Window1d, Window3d } from './convolution.js';

export function poolingOps({ tf }: Runtime) {
  type Pool2d = typeof tf.maxPool<Tensor4D>;
  const onRow = (
    pool: Pool2d,
    x: Tensor3D,
    [size]: readonly [number],
    { strides, padding }: Window1d,
  ): Tensor3D =>
    tf.tidy(() =>
      pool(x.expandDims<Tensor4D>(1), [1, size], [1, strides[0]], padding).squeeze<Tensor3D>([1]),
    );
  return {
    /** The largest value of each window of x [batch, steps, channels]. */
    maxPool1d: (x: Tensor3D, size: readonly [number], window: Window1d): Tensor3D =>
      onRow(tf.maxPool, x, size, window),

    /** The largest value of each window of x [batch, height, width, channels]. */
    maxPool2d: (x: Tensor4D, size: readonly [number, number], { strides, padding }: Window): Tensor4D =>
      tf.maxPool(x, [...size], [...strides], padding),

    /** The largest value of each window of x [batch, depth, height, width, channels]. */
    maxPool3d: (
      x: Tensor5D,
      size: readonly [number, number, number],
      { strides, padding }: Window3d,
    ): Tensor5D => tf.maxPool3d(x, [...size], [...strides], padding),

    /** The mean of each window of x [batch, steps, channels]. */
    averagePool1d: (x: Tensor3D, size: readonly [number], window: Window1d): Tensor3D =>
      onRow(tf.avgPool, x, size, window),

    /** The mean of each window of x [batch, height, width, channels]. */
    averagePool2d: (x: Tensor4D, size: readonly [number, number], { strides, padding }: Window): Tensor4D =>
      tf.avgPool(x, [...size], [...strides], padding),

    /** The mean of each window of x [batch, depth, height, width, channels]. */
    averagePool3d: (
      x: Tensor5D,
      size: readonly [number, number, number],
      { strides, padding }: Window3d,
    ): Tensor5D => tf.avgPool3d(x, [...size], [...strides], padding),
  };
}
