// Activations. Where tfjs has a kernel its gradient is TensorFlow's own op (backend/gradients); the others are here.

import type { Tensor } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import { floatType } from './attributes.js';
import { geluOps } from './gelu.js';
import { defineKernel } from './kernels.js';

export function activationOps(runtime: Runtime) {
  const { tf } = runtime;
  const attributes = [floatType(runtime)];
  const softsign = defineKernel(runtime, 'Softsign', {
    inputs: ['x'],
    outputs: ['y'],
    saved: ['x'],
    forward: ({ x }) => [runtime.run('Softsign', attributes, [x])],
    gradient: ({ y: dy }, { x }) => ({ x: () => runtime.run('SoftsignGrad', attributes, [dy, x]) }),
  });
  // y = x·s with s = sigmoid(x); dy/dx = s + y·(1 − s).
  const silu = defineKernel(runtime, 'Silu', {
    inputs: ['x'],
    outputs: ['y', 'gate'],
    saved: ['y', 'gate'],
    forward: ({ x }) => {
      const gate = x.sigmoid();
      return [x.mul(gate), gate];
    },
    gradient: ({ y: dy }, { y, gate }) => ({ x: () => y.sub(y.mul(gate)).add(gate).mul(dy) }),
  });
  const logSoftmax = defineKernel(runtime, 'LogSoftmax', {
    inputs: ['x'],
    outputs: ['y'],
    saved: ['y'],
    forward: ({ x }) => [runtime.run('LogSoftmax', attributes, [x])],
    gradient: ({ y: dy }, { y }) => ({ x: () => dy.sub(y.exp().mul(dy.sum(-1, true))) }),
  });
  return {
    /** max(x, 0). */
    relu: (x: Tensor): Tensor => tf.relu(x),
    /** min(max(x, 0), 6). */
    relu6: (x: Tensor): Tensor => tf.relu6(x),
    /** x where x > 0, else slope·x. */
    leakyRelu: (x: Tensor, slope = 0.2): Tensor => tf.leakyRelu(x, slope),
    /** x where x > 0, else exp(x) − 1 (Clevert et al., ICLR 2016, α = 1). */
    elu: (x: Tensor): Tensor => tf.elu(x),
    /** Scaled elu (Klambauer et al., NeurIPS 2017). */
    selu: (x: Tensor): Tensor => tf.selu(x),
    /** 1 / (1 + exp(−x)). */
    sigmoid: (x: Tensor): Tensor => tf.sigmoid(x),
    tanh: (x: Tensor): Tensor => tf.tanh(x),
    /** log(1 + exp(x)). */
    softplus: (x: Tensor): Tensor => tf.softplus(x),
    /** x / (1 + |x|). */
    softsign: (x: Tensor): Tensor => softsign({ x }, {}).y,
    /** x·sigmoid(x), also called swish (Ramachandran et al., arXiv:1710.05941). */
    silu: (x: Tensor): Tensor => tf.tidy(() => silu({ x }, {}).y),
    /** Over the last axis. */
    softmax: (x: Tensor): Tensor => tf.softmax(x),
    /** The logarithm of softmax over the last axis, without its overflow. */
    logSoftmax: (x: Tensor): Tensor => logSoftmax({ x }, {}).y,
    ...geluOps(runtime),
  };
}
