// GELU (Hendrycks and Gimpel, arXiv:1606.08415), exact and by tanh, each with a backward pass of few ops.

import type { Tensor } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import { defineKernel } from './kernels.js';

const CUBIC = 0.044715;
const TANH_SCALE = Math.sqrt(2 / Math.PI);

export function geluOps(runtime: Runtime) {
  const { tf } = runtime;
  // y = x·Φ(x), Φ the normal distribution; dy/dx = Φ(x) + x·φ(x), φ its density.
  const exact = defineKernel(runtime, 'Gelu', {
    inputs: ['x'],
    outputs: ['y', 'distribution'],
    saved: ['x', 'distribution'],
    forward: ({ x }) => {
      const distribution = x.mul(Math.SQRT1_2).erf().add(1).mul(0.5);
      return [x.mul(distribution), distribution];
    },
    gradient: ({ y: dy }, { x, distribution }) => ({
      x: () => {
        const density = x
          .square()
          .mul(-0.5)
          .exp()
          .mul(1 / Math.sqrt(2 * Math.PI));
        return x.mul(density).add(distribution).mul(dy);
      },
    }),
  });
  // y = x·g with g = (1 + tanh u)/2, u = √(2/π)·(x + c·x³); dg/du = 2·g·(1 − g).
  const byTanh = defineKernel(runtime, 'GeluTanh', {
    inputs: ['x'],
    outputs: ['y', 'gate'],
    saved: ['x', 'y', 'gate'],
    forward: ({ x }) => {
      const u = x
        .square()
        .mul(CUBIC * TANH_SCALE)
        .add(TANH_SCALE)
        .mul(x);
      const gate = u.tanh().add(1).mul(0.5);
      return [x.mul(gate), gate];
    },
    gradient: ({ y: dy }, { x, y, gate }) => ({
      x: () => {
        const slope = x
          .square()
          .mul(6 * CUBIC * TANH_SCALE)
          .add(2 * TANH_SCALE);
        return y.sub(y.mul(gate)).mul(slope).add(gate).mul(dy);
      },
    }),
  });
  return {
    /** x·Φ(x), Φ the normal distribution; or, when approximate, its form by tanh (Keras `gelu`). */
    gelu: (x: Tensor, { approximate = false }: { readonly approximate?: boolean } = {}): Tensor =>
      tf.tidy(() => (approximate ? byTanh : exact)({ x }, {}).y),
  };
}
