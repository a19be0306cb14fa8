// Activations on tensors: Keras 3.15's functions (keras.activations) with as few ops as TensorFlow has for them.

import type { Engine, Tensor } from '@gradstream/engine';
import type { Activation } from './activation.js';
import { sparsemax } from './sparsemax.js';

type Compute = (gs: Engine, x: Tensor) => Tensor;

/** min(max(x + 3, 0), 6) / 6. */
const hardSigmoid: Compute = ({ ops }, x) => ops.relu6(x.add(3)).mul(1 / 6);

/** x beyond ±0.5 moved to zero by as much, else 0. */
const softShrink: Compute = ({ ops }, x) => ops.relu(x.sub(0.5)).sub(ops.relu(x.neg().sub(0.5)));

/** 0 up to -1, x from 1 on, (x + 1)² / 4 between. */
const sparsePlus: Compute = (_, x) => {
  const between = x.clipByValue(-1, 1).add(1);
  return between.square().mul(0.25).add(x.sub(1).relu());
};

const functions: Readonly<Record<Activation, Compute>> = {
  linear: (_, x) => x,
  relu: ({ ops }, x) => ops.relu(x),
  relu6: ({ ops }, x) => ops.relu6(x),
  leaky_relu: ({ ops }, x) => ops.leakyRelu(x, 0.2),
  elu: ({ ops }, x) => ops.elu(x),
  // With α = 1 it is elu; Keras's layer and function have no other default.
  celu: ({ ops }, x) => ops.elu(x),
  selu: ({ ops }, x) => ops.selu(x),
  gelu: ({ ops }, x) => ops.gelu(x),
  gelu_tanh: ({ ops }, x) => ops.gelu(x, { approximate: true }),
  silu: ({ ops }, x) => ops.silu(x),
  mish: ({ ops }, x) => x.mul(ops.tanh(ops.softplus(x))),
  softplus: ({ ops }, x) => ops.softplus(x),
  softsign: ({ ops }, x) => ops.softsign(x),
  sigmoid: ({ ops }, x) => ops.sigmoid(x),
  hard_sigmoid: hardSigmoid,
  hard_silu: (gs, x) => x.mul(hardSigmoid(gs, x)),
  hard_tanh: (_, x) => x.clipByValue(-1, 1),
  tanh: ({ ops }, x) => ops.tanh(x),
  softmax: ({ ops }, x) => ops.softmax(x),
  log_softmax: ({ ops }, x) => ops.logSoftmax(x),
  exponential: (_, x) => x.exp(),
  log_sigmoid: ({ ops }, x) => ops.softplus(x.neg()).neg(),
  glu: ({ tf, ops }, x) => {
    const [values, gates] = tf.split(x, 2, -1);
    if (!values || !gates) throw new Error('a split into two gave fewer');
    return values.mul(ops.sigmoid(gates));
  },
  tanh_shrink: ({ ops }, x) => x.sub(ops.tanh(x)),
  soft_shrink: softShrink,
  hard_shrink: (_, x) => x.mul(x.abs().sub(0.5).step()),
  sparse_plus: sparsePlus,
  sparse_sigmoid: (_, x) => x.clipByValue(-1, 1).add(1).mul(0.5),
  sparsemax,
  /** (x + √(x² + 4)) / 2. */
  squareplus: (_, x) => x.add(x.square().add(4).sqrt()).mul(0.5),
};

/** An activation of x [batch, ...]; those along an axis take the last one. */
export const activate = (gs: Engine, activation: Activation, x: Tensor): Tensor =>
  functions[activation](gs, x);
