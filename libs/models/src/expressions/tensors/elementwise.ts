// The functions of one element at a time as TensorFlow's ops. Operands that no gradient flows to are left out of
// tfjs's tape, which knows no gradient of a comparison.

import type { Engine, Tensor } from '@gradstream/engine';
import type { ElementwiseOp } from '../program/elementwise.js';

type Form = (gs: Engine, a: Tensor, b: Tensor, c: Tensor) => Tensor;

/** A result that gradients do not flow through. */
const apart = ({ tf }: Engine, make: () => Tensor): Tensor =>
  tf.customGrad(() => ({ value: make(), gradFunc: () => [] }))();

const comparison =
  (compare: (a: Tensor, b: Tensor) => Tensor): Form =>
  (gs, a, b) =>
    apart(gs, () => gs.tf.cast(compare(a, b), 'float32'));

export const tensorForms: Readonly<Record<ElementwiseOp, Form>> = {
  add: ({ tf }, a, b) => tf.add(a, b),
  subtract: ({ tf }, a, b) => tf.sub(a, b),
  multiply: ({ tf }, a, b) => tf.mul(a, b),
  divide: ({ tf }, a, b) => tf.div(a, b),
  pow: ({ tf }, a, b) => tf.pow(a, b),
  negate: ({ tf }, a) => tf.neg(a),
  less: comparison((a, b) => a.less(b)),
  lessEqual: comparison((a, b) => a.lessEqual(b)),
  greater: comparison((a, b) => a.greater(b)),
  greaterEqual: comparison((a, b) => a.greaterEqual(b)),
  equal: comparison((a, b) => a.equal(b)),
  notEqual: comparison((a, b) => a.notEqual(b)),
  where: (gs, condition, a, b) => {
    const holds = apart(gs, () => condition.notEqual(gs.tf.scalar(0)));
    return gs.tf.where(holds, a, b);
  },
  minimum: ({ tf }, a, b) => tf.minimum(a, b),
  maximum: ({ tf }, a, b) => tf.maximum(a, b),
  clip: ({ tf }, x, low, high) => tf.minimum(tf.maximum(x, low), high),
  exp: ({ tf }, x) => tf.exp(x),
  log: ({ tf }, x) => tf.log(x),
  log1p: ({ tf }, x) => tf.log1p(x),
  expm1: ({ tf }, x) => tf.expm1(x),
  sqrt: ({ tf }, x) => tf.sqrt(x),
  rsqrt: ({ tf }, x) => tf.rsqrt(x),
  square: ({ tf }, x) => tf.square(x),
  abs: ({ tf }, x) => tf.abs(x),
  sign: (gs, x) => apart(gs, () => gs.tf.sign(x)),
  floor: (gs, x) => apart(gs, () => gs.tf.floor(x)),
  ceil: (gs, x) => apart(gs, () => gs.tf.ceil(x)),
  round: (gs, x) => apart(gs, () => gs.tf.round(x)),
  sin: ({ tf }, x) => tf.sin(x),
  cos: ({ tf }, x) => tf.cos(x),
  tan: ({ tf }, x) => tf.tan(x),
  tanh: ({ tf }, x) => tf.tanh(x),
  erf: ({ tf }, x) => tf.erf(x),
  sigmoid: ({ ops }, x) => ops.sigmoid(x),
  softplus: ({ ops }, x) => ops.softplus(x),
  relu: ({ ops }, x) => ops.relu(x),
  relu6: ({ ops }, x) => ops.relu6(x),
  gelu: ({ ops }, x) => ops.gelu(x),
  geluTanh: ({ ops }, x) => ops.gelu(x, { approximate: true }),
  silu: ({ ops }, x) => ops.silu(x),
  straightThrough: ({ tf }, value, x) =>
    tf.customGrad(() => ({ value: value.clone(), gradFunc: (dy: Tensor) => dy }))(x),
};

/** The same as `pow`, for exponents that have an op of their own. */
export const powerForms: ReadonlyMap<number, (gs: Engine, x: Tensor) => Tensor> = new Map([
  [2, ({ tf }: Engine, x: Tensor) => tf.square(x)],
  [0.5, ({ tf }: Engine, x: Tensor) => tf.sqrt(x)],
  [-0.5, ({ tf }: Engine, x: Tensor) => tf.rsqrt(x)],
  [-1, ({ tf }: Engine, x: Tensor) => tf.reciprocal(x)],
]);
