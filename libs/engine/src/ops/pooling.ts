// Pooling, channels last. Padding never counts: not as a value, and not in an average.

import type { Tensor, Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import type { AnyWindow, Window, Window1d, Window3d } from './window.js';

type Pair = [number, number];
type Triple = [number, number, number];

export function poolingOps({ tf }: Runtime) {
  /** A pool over as many dimensions as the input has, from those of images and of volumes. */
  const pool =
    (images: typeof tf.maxPool, volumes: typeof tf.maxPool3d) =>
    (x: Tensor, size: readonly number[], { strides, padding }: AnyWindow): Tensor => {
      if (x.rank === 5) {
        return volumes(x as Tensor5D, [...size] as Triple, [...strides] as Triple, padding);
      }
      if (x.rank === 4) return images(x as Tensor4D, [...size] as Pair, [...strides] as Pair, padding);
      return tf.tidy(() => {
        const row = x.expandDims<Tensor4D>(1);
        return images(row, [1, ...size] as Pair, [1, ...strides] as Pair, padding).squeeze([1]);
      });
    };
  const maxPool = pool(tf.maxPool, tf.maxPool3d);
  const averagePool = pool(tf.avgPool, tf.avgPool3d);
  return {
    /** The largest value of each window of x [batch, ..., channels], over one to three dimensions. */
    maxPool,

    /** The mean of each window of x [batch, ..., channels], over one to three dimensions. */
    averagePool,

    /** The largest value of each window of x [batch, steps, channels]. */
    maxPool1d: (x: Tensor3D, size: readonly [number], window: Window1d): Tensor3D =>
      maxPool(x, size, window) as Tensor3D,

    /** The largest value of each window of x [batch, height, width, channels]. */
    maxPool2d: (x: Tensor4D, size: readonly [number, number], window: Window): Tensor4D =>
      maxPool(x, size, window) as Tensor4D,

    /** The largest value of each window of x [batch, depth, height, width, channels]. */
    maxPool3d: (x: Tensor5D, size: readonly [number, number, number], window: Window3d): Tensor5D =>
      maxPool(x, size, window) as Tensor5D,

    /** The mean of each window of x [batch, steps, channels]. */
    averagePool1d: (x: Tensor3D, size: readonly [number], window: Window1d): Tensor3D =>
      averagePool(x, size, window) as Tensor3D,

    /** The mean of each window of x [batch, height, width, channels]. */
    averagePool2d: (x: Tensor4D, size: readonly [number, number], window: Window): Tensor4D =>
      averagePool(x, size, window) as Tensor4D,

    /** The mean of each window of x [batch, depth, height, width, channels]. */
    averagePool3d: (x: Tensor5D, size: readonly [number, number, number], window: Window3d): Tensor5D =>
      averagePool(x, size, window) as Tensor5D,
  };
}
