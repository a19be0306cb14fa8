// Initial values of parameters, as functions of a seed.

import type { Engine, Tensor } from '@gradstream/engine';
import type { Initializer, Shape } from '@gradstream/models';
import type { Seed } from './seeds.js';

/** Standard deviation of a normal cut at two standard deviations; Keras divides by it (VarianceScaling). */
const TRUNCATED_STD = 0.87962566103423978;

/** Inputs and outputs of one unit: of a kernel [..., in, out] with the receptive field before them. */
export function fans(shape: Shape): { fanIn: number; fanOut: number } {
  const field = shape.slice(0, -2).reduce((product, length) => product * length, 1);
  const [inputs = 1, outputs = 1] = shape.length > 1 ? shape.slice(-2) : [shape[0], shape[0]];
  return { fanIn: field * inputs, fanOut: field * outputs };
}

/** Variance of Glorot's (AISTATS 2010, eq. 16) and He's (ICCV 2015, eq. 10) initializations. */
function variance(name: 'glorotUniform' | 'glorotNormal' | 'heUniform' | 'heNormal', shape: Shape): number {
  const { fanIn, fanOut } = fans(shape);
  return name.startsWith('glorot') ? 2 / (fanIn + fanOut) : 2 / fanIn;
}

/** A tensor of initial values; the caller disposes it. */
export function initialValue(engine: Engine, initializer: Initializer, shape: Shape, seed: Seed): Tensor {
  const { tf, random } = engine;
  return tf.tidy(() => {
    const key = tf.tensor1d([...seed], 'int32');
    const uniform = (low: number, high: number): Tensor =>
      random
        .statelessUniform(shape, key)
        .mul(high - low)
        .add(low);
    switch (initializer.name) {
      case 'zeros':
        return tf.zeros([...shape]);
      case 'ones':
        return tf.ones([...shape]);
      case 'glorotUniform':
      case 'heUniform': {
        const limit = Math.sqrt(3 * variance(initializer.name, shape));
        return uniform(-limit, limit);
      }
      case 'glorotNormal':
      case 'heNormal': {
        const stddev = Math.sqrt(variance(initializer.name, shape)) / TRUNCATED_STD;
        return random.statelessTruncatedNormal(shape, key).mul(stddev);
      }
      case 'randomNormal':
        return random.statelessNormal(shape, key).mul(initializer.stddev).add(initializer.mean);
      case 'randomUniform':
        return uniform(initializer.minval, initializer.maxval);
    }
  });
}
