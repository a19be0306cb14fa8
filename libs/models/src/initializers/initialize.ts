// Initial values as functions of a seed, with Keras's distributions. Its random generator is another one.

import type { Engine, Tensor } from '@gradstream/engine';
import type { Initializer } from './initializer.js';

/** What TensorFlow's stateless random ops take: two 32-bit integers. */
export type Seed = readonly [number, number];

/** Standard deviation of a normal cut at two standard deviations; Keras divides by it (VarianceScaling). */
const TRUNCATED_STD = 0.87962566103423978;

const product = (lengths: readonly number[]): number => lengths.reduce((total, length) => total * length, 1);

interface Axes {
  readonly inputAxes?: readonly number[] | undefined;
  readonly outputAxes?: readonly number[] | undefined;
}

/**
 * Inputs and outputs of one unit, as Keras's compute_fans counts them: of a kernel [..., in, out] with the receptive
 * field before them, or of the axes that are named.
 */
export function fans(shape: readonly number[], axes: Axes = {}): { fanIn: number; fanOut: number } {
  const { inputAxes, outputAxes } = axes;
  if (inputAxes && outputAxes) {
    const lengths = (of: readonly number[]): number => product(of.map((axis) => shape.at(axis) ?? 1));
    const [inputs, outputs] = [lengths(inputAxes), lengths(outputAxes)];
    const field = product(shape) / (inputs * outputs);
    return { fanIn: inputs * field, fanOut: outputs * field };
  }
  const field = product(shape.slice(0, -2));
  const [inputs = 1, outputs = 1] = shape.length > 1 ? shape.slice(-2) : [shape[0], shape[0]];
  return { fanIn: field * inputs, fanOut: field * outputs };
}

type Scaling = Extract<Initializer, { readonly name: 'varianceScaling' }>;
type Rule = Pick<Scaling, 'scale' | 'mode' | 'distribution'>;

/** Variances of Glorot (AISTATS 2010, eq. 16), He (ICCV 2015, eq. 10) and LeCun (Neural Networks: Tricks, 1998). */
const RULES = {
  glorotUniform: { scale: 1, mode: 'fan_avg', distribution: 'uniform' },
  glorotNormal: { scale: 1, mode: 'fan_avg', distribution: 'truncated_normal' },
  heUniform: { scale: 2, mode: 'fan_in', distribution: 'uniform' },
  heNormal: { scale: 2, mode: 'fan_in', distribution: 'truncated_normal' },
  lecunUniform: { scale: 1, mode: 'fan_in', distribution: 'uniform' },
  lecunNormal: { scale: 1, mode: 'fan_in', distribution: 'truncated_normal' },
} as const satisfies Record<string, Rule>;

/** Makes vectors, which lie one after the other, orthonormal: Gram and Schmidt, twice, in float64. */
function orthonormalize(values: Float64Array, length: number): void {
  const vectors: Float64Array[] = [];
  for (let start = 0; start < values.length; start += length) {
    const vector = values.subarray(start, start + length);
    for (let pass = 0; pass < 2; pass++) {
      for (const other of vectors) {
        let dot = 0;
        for (let i = 0; i < length; i++) dot += (vector[i] ?? 0) * (other[i] ?? 0);
        for (let i = 0; i < length; i++) vector[i] = (vector[i] ?? 0) - dot * (other[i] ?? 0);
      }
    }
    const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    for (let i = 0; i < length; i++) vector[i] = (vector[i] ?? 0) / norm;
    vectors.push(vector);
  }
}

/**
 * A random matrix [product of the other axes, last axis] whose shorter side is orthonormal (Saxe et al., ICLR 2014).
 * Eager only: it reads what it draws.
 */
function orthogonal({ tf, random }: Engine, shape: readonly number[], gain: number, seed: Seed): Tensor {
  const [wide, narrow] = [product(shape.slice(0, -1)), shape.at(-1) ?? 1];
  const [length, count] = [Math.max(wide, narrow), Math.min(wide, narrow)];
  const drawn = tf.tidy(() => random.statelessNormal([count, length], tf.tensor1d([...seed], 'int32')));
  const values = Float64Array.from(drawn.dataSync());
  drawn.dispose();
  orthonormalize(values, length);
  return tf.tidy(() => {
    const vectors = tf.tensor2d(
      Float32Array.from(values, (value) => value * gain),
      [count, length],
    );
    return (wide < narrow ? vectors : vectors.transpose()).reshape([...shape]);
  });
}

/** A tensor of initial values; the caller disposes it. Not inside of a captured step. */
export function initialValue(
  gs: Engine,
  initializer: Initializer,
  shape: readonly number[],
  seed: Seed,
): Tensor {
  const { tf, random } = gs;
  if (initializer.name === 'orthogonal') return orthogonal(gs, shape, initializer.gain, seed);
  return tf.tidy(() => {
    const key = tf.tensor1d([...seed], 'int32');
    const uniform = (low: number, high: number): Tensor =>
      random
        .statelessUniform(shape, key)
        .mul(high - low)
        .add(low);
    const scaled = ({ scale, mode, distribution }: Rule, axes: Axes): Tensor => {
      const { fanIn, fanOut } = fans(shape, axes);
      const fan = { fan_in: fanIn, fan_out: fanOut, fan_avg: (fanIn + fanOut) / 2 }[mode];
      const variance = scale / Math.max(1, fan);
      const limit = Math.sqrt(3 * variance);
      if (distribution === 'uniform') return uniform(-limit, limit);
      if (distribution === 'untruncated_normal')
        return random.statelessNormal(shape, key).mul(Math.sqrt(variance));
      return random.statelessTruncatedNormal(shape, key).mul(Math.sqrt(variance) / TRUNCATED_STD);
    };
    switch (initializer.name) {
      case 'zeros':
        return tf.zeros([...shape]);
      case 'ones':
        return tf.ones([...shape]);
      case 'constant':
        return tf.fill([...shape], initializer.value);
      case 'identity':
        return tf.eye(shape[0] ?? 1, shape[1] ?? 1).mul(initializer.gain);
      case 'randomNormal':
        return random.statelessNormal(shape, key).mul(initializer.stddev).add(initializer.mean);
      case 'truncatedNormal':
        return random.statelessTruncatedNormal(shape, key).mul(initializer.stddev).add(initializer.mean);
      case 'randomUniform':
        return uniform(initializer.minval, initializer.maxval);
      case 'varianceScaling':
        return scaled(initializer, initializer);
      default:
        return scaled(RULES[initializer.name], initializer);
    }
  });
}
