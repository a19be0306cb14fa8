// Initial values as functions of a seed, with Keras's distributions. Its random generator is another one.

import type { Engine, Tensor, Tensor1D, Tensor2D } from '@gradstream/engine';
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

/**
 * A random matrix [product of the other axes, last axis] whose shorter side is orthonormal (Saxe et al., ICLR 2014), drawn
 * evenly from all such (Mezzadri, Notices of the AMS 54, 2007).
 */
function orthogonal({ ops, random }: Engine, shape: readonly number[], gain: number, seed: Tensor1D): Tensor {
  const [wide, narrow] = [product(shape.slice(0, -1)), shape.at(-1) ?? 1];
  const [length, count] = [Math.max(wide, narrow), Math.min(wide, narrow)];
  const columns = random.statelessNormal([count, length], seed).transpose<Tensor2D>();
  const vectors = ops.orthonormalColumns(columns).mul(gain);
  return (wide < narrow ? vectors.transpose() : vectors).reshape([...shape]);
}

/** A tensor of initial values; the caller disposes it. Not inside of a captured step. */
export function initialValue(
  gs: Engine,
  initializer: Initializer,
  shape: readonly number[],
  seed: Seed,
): Tensor {
  const { tf, random } = gs;
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
      case 'orthogonal':
        return orthogonal(gs, shape, initializer.gain, key);
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
