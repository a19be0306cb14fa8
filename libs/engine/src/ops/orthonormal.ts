// A factorization of TensorFlow's, for initial values. It has no gradient.

import type { Tensor2D } from '@tensorflow/tfjs';
import { boolAttribute, type Runtime } from '../backend/runtime.js';
import { floatType } from './attributes.js';

export function orthonormalOps(runtime: Runtime) {
  const { tf } = runtime;
  return {
    /**
     * Columns [m, n], m ≥ n, made orthonormal one after the other: Q of x = Q R with a positive diagonal of R, which is what
     * Gram and Schmidt's method gives. By Householder reflections, in about 4 m n² operations.
     */
    orthonormalColumns(x: Tensor2D): Tensor2D {
      return tf.tidy(() => {
        const attributes = [floatType(runtime), boolAttribute('full_matrices', false)];
        const [q, r] = runtime.runMany('Qr', attributes, [x], 2);
        if (!q || !r) throw new Error('Qr has two results');
        const diagonal = r.mul(tf.eye(x.shape[1])).sum(0);
        return q.mul<Tensor2D>(diagonal.sign());
      });
    },
  };
}
