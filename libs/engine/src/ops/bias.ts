// BiasAdd and its gradient, a sum over all but the last axis.

import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import { floatType, NHWC } from './attributes.js';
import { defineKernel } from './kernels.js';

export function biasOps(runtime: Runtime) {
  const attributes = [floatType(runtime), NHWC];
  const biasAdd = defineKernel(runtime, 'BiasAdd', {
    inputs: ['x', 'bias'],
    outputs: ['y'],
    saved: [],
    forward: ({ x, bias }) => [runtime.run('BiasAdd', attributes, [x, bias])],
    gradient: ({ y: dy }) => ({
      x: () => dy.clone(),
      bias: () => runtime.run('BiasAddGrad', attributes, [dy]),
    }),
  });
  return {
    /** Adds a bias [channels] along the last axis of x [..., channels]; x has two dimensions at least. */
    biasAdd: (x: Tensor, bias: Tensor1D): Tensor => biasAdd({ x, bias }, {}).y,
  };
}
