// Random numbers that are functions of a seed tensor. tfjs's own draw on the host, and would be frozen into a
// captured step.

import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';

export class RandomOps {
  constructor(private readonly runtime: Runtime) {}

  /** Uniform in [0, 1), from an int32 seed of two elements. */
  statelessUniform(shape: readonly number[], seed: Tensor1D): Tensor {
    return this.#draw('StatelessRandomUniform', shape, seed);
  }

  /** Normal with mean 0 and standard deviation 1. */
  statelessNormal(shape: readonly number[], seed: Tensor1D): Tensor {
    return this.#draw('StatelessRandomNormal', shape, seed);
  }

  /** Normal with mean 0 and standard deviation 1, drawn again beyond two standard deviations. */
  statelessTruncatedNormal(shape: readonly number[], seed: Tensor1D): Tensor {
    return this.#draw('StatelessTruncatedNormal', shape, seed);
  }

  #draw(op: string, shape: readonly number[], seed: Tensor1D): Tensor {
    const { runtime } = this;
    const types = ['dtype', 'T', 'Tseed'].map((name) =>
      runtime.typeAttribute(name, name === 'dtype' ? 'float32' : 'int32'),
    );
    return runtime.run(op, types, [runtime.tf.tensor1d([...shape], 'int32'), seed]);
  }
}
