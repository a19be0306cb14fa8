import { describe, expect, test } from '@jest/globals';
import type { Tensor, Tensor4D, Tensor5D } from '@tensorflow/tfjs';
import { elementCount } from '../../native/dataTypes.js';
import { useEngine, wave } from '../../testing.js';
import type { Tf } from '../tfjs.js';

const engine = useEngine();

const SIZE: [number, number] = [7, 3];
const IMAGE = [1, 4, 5, 2];
const VOLUME = [1, 3, 4, 4, 1];

interface LinearOp {
  readonly shape: readonly number[];
  // A method, so that an op may ask for tensors of a rank.
  run(tf: Tf, x: Tensor): Tensor;
}

/** Ops whose gradients the CPU backend gets wrong, or has not. */
const OPS: Readonly<Record<string, LinearOp>> = {
  'bilinear resizing, half-pixel centres': {
    shape: IMAGE,
    run: (tf, x: Tensor4D) => tf.image.resizeBilinear(x, SIZE, false, true),
  },
  'bilinear resizing, aligned corners': {
    shape: IMAGE,
    run: (tf, x: Tensor4D) => tf.image.resizeBilinear(x, SIZE, true, false),
  },
  'nearest resizing, half-pixel centres': {
    shape: IMAGE,
    run: (tf, x: Tensor4D) => tf.image.resizeNearestNeighbor(x, SIZE, false, true),
  },
  'nearest resizing, aligned corners': {
    shape: IMAGE,
    run: (tf, x: Tensor4D) => tf.image.resizeNearestNeighbor(x, SIZE, true, false),
  },
  'average pool, cut windows': { shape: IMAGE, run: (tf, x: Tensor4D) => tf.avgPool(x, 2, 2, 'same') },
  'average pool, numbers as padding': {
    shape: IMAGE,
    run: (tf, x: Tensor4D) => tf.avgPool(x, 2, 1, 1, 'floor'),
  },
  'average pool of a volume, numbers as padding': {
    shape: VOLUME,
    run: (tf, x: Tensor5D) => tf.avgPool3d(x, 2, 2, 1, 'floor'),
  },
};

describe('the gradient of a linear op equals its differences', () => {
  // The differences of a linear op are exact: a step of 1 is as good as a small one.
  test.each(Object.entries(OPS))('%s', (_, op) => {
    const { tf } = engine();
    const pixels = wave(elementCount(op.shape), 2);
    const make = (values: number[]): Tensor => tf.tensor(values, [...op.shape]);
    const weighted = (x: Tensor): Tensor => {
      const y = op.run(tf, x);
      return y.mul(tf.tensor(wave(y.size), y.shape)).sum();
    };
    const gradient = tf.tidy(() => Array.from(tf.grad(weighted)(make(pixels)).dataSync()));
    const value = (values: number[]): number => tf.tidy(() => weighted(make(values)).dataSync()[0] ?? 0);
    gradient.forEach((slope, index) => {
      const moved = (by: number): number[] => pixels.map((pixel, at) => (at === index ? pixel + by : pixel));
      expect(slope).toBeCloseTo((value(moved(1)) - value(moved(-1))) / 2, 4);
    });
  });
});
