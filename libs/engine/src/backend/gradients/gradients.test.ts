import { describe, expect, test } from '@jest/globals';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import { codeOf, useEngine } from '../../testing.js';

const engine = useEngine();
const POINTS = [0.3, 1.2, 2.5];
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const slope = (x: number): number => sigmoid(x) * (1 - sigmoid(x));

/** Second derivatives in closed form. */
const SECOND: readonly (readonly [string, (x: Tensor) => Tensor, (x: number) => number])[] = [
  ['softplus', (x) => x.softplus(), slope],
  ['sqrt', (x) => x.sqrt(), (x) => -0.25 * x ** -1.5],
  ['rsqrt', (x) => x.rsqrt(), (x) => 0.75 * x ** -2.5],
  ['the cube of relu', (x) => x.relu().pow(3), (x) => 6 * x],
  ['the cube of relu6', (x) => x.relu6().pow(3), (x) => 6 * x],
  ['the square of a sum', (x) => x.sum().square(), () => 6],
  ['the square of a mean', (x) => x.mean().square(), () => 2 / 3],
];

describe('replaced gradients', () => {
  test.each(SECOND)('can be differentiated again: %s', (_, op, expected) => {
    const { tf } = engine();
    const found = tf.tidy(() => {
      const first = tf.grad(op);
      return Array.from(
        tf
          .grad((x) => first(x).sum())(tf.tensor1d(POINTS))
          .dataSync(),
      );
    });
    found.forEach((value, index) => {
      expect(value).toBeCloseTo(expected(POINTS[index] ?? Number.NaN), 5);
    });
  });

  test('of batch normalization are right where all inputs are one tensor', () => {
    const { tf } = engine();
    const found = tf.tidy(() => {
      const batchNorm = (z: Tensor): Tensor =>
        tf.batchNorm(
          z.reshape<Tensor4D>([1, 1, 1, 3]),
          z as Tensor1D,
          z as Tensor1D,
          z as Tensor1D,
          z as Tensor1D,
          0.1,
        );
      return Array.from(tf.grad(batchNorm)(tf.tensor1d(POINTS)).dataSync());
    });
    found.forEach((value) => {
      expect(value).toBeCloseTo(1, 5); // (z − z)·z/√(z + ε) + z = z
    });
  });

  test('of fused ops say that they cannot be differentiated again', () => {
    const { tf, ops } = engine();
    const first = tf.grad((x) => ops.gelu(x));
    const step = engine().capture((...inputs) => inputs.map((x) => tf.grad((y) => first(y).sum())(x)));
    const x = tf.tensor1d(POINTS);
    expect(codeOf(() => step.run(x))).toBe('NOT_SUPPORTED');
    step.dispose();
  });
});
