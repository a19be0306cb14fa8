// The functions of one element at a time, in float64: what folds constants, and what the host interpreter runs.

import { erf } from './erf.js';

export interface Elementwise {
  /** Takes no notice of what it is given beyond its operands. */
  readonly compute: (...values: number[]) => number;
  readonly operands: number;
  /** Operations for one element, each function of TensorFlow's basic set counted as one. */
  readonly flops: number;
  /** Operands through which no gradient flows, because the function is constant between its jumps. */
  readonly flat?: readonly number[];
  /** Which smooth piece of the function the operands lie on; left out when there is one. */
  readonly piece?: (...values: number[]) => number;
}

type Numbers = (a: number, b: number, c: number) => number;

const smooth = (operands: number, flops: number, compute: Numbers): Elementwise => ({
  operands,
  flops,
  compute,
});
const pieces = (operands: number, flops: number, compute: Numbers, piece: Numbers): Elementwise => ({
  ...smooth(operands, flops, compute),
  piece,
});
const step = (compute: (a: number) => number): Elementwise => ({
  ...pieces(1, 1, compute, compute),
  flat: [0],
});
const comparison = (holds: (a: number, b: number) => boolean): Elementwise => ({
  ...pieces(
    2,
    1,
    (a, b) => Number(holds(a, b)),
    (a, b) => Math.sign(a - b),
  ),
  flat: [0, 1],
});

/** Half to even, as TensorFlow and IEEE 754 round. */
function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const gelu = (x: number): number => (x * (1 + erf(x * Math.SQRT1_2))) / 2;
const geluTanh = (x: number): number =>
  (x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))) / 2;
const clip: Numbers = (x, low, high) => Math.min(Math.max(x, low), high);

const table = {
  add: smooth(2, 1, (a, b) => a + b),
  subtract: smooth(2, 1, (a, b) => a - b),
  multiply: smooth(2, 1, (a, b) => a * b),
  divide: smooth(2, 1, (a, b) => a / b),
  pow: smooth(2, 1, (a, b) => a ** b),
  negate: smooth(1, 1, (a) => -a),
  less: comparison((a, b) => a < b),
  lessEqual: comparison((a, b) => a <= b),
  greater: comparison((a, b) => a > b),
  greaterEqual: comparison((a, b) => a >= b),
  equal: comparison((a, b) => a === b),
  notEqual: comparison((a, b) => a !== b),
  where: {
    ...pieces(
      3,
      1,
      (c, a, b) => (c !== 0 ? a : b),
      (c) => Number(c !== 0),
    ),
    flat: [0],
  },
  minimum: pieces(
    2,
    1,
    (a, b) => Math.min(a, b),
    (a, b) => Math.sign(a - b),
  ),
  maximum: pieces(
    2,
    1,
    (a, b) => Math.max(a, b),
    (a, b) => Math.sign(a - b),
  ),
  clip: pieces(3, 2, clip, (x, low, high) => Number(x > low) + Number(x >= high)),
  exp: smooth(1, 1, Math.exp),
  log: smooth(1, 1, Math.log),
  log1p: smooth(1, 1, Math.log1p),
  expm1: smooth(1, 1, Math.expm1),
  sqrt: smooth(1, 1, Math.sqrt),
  rsqrt: smooth(1, 1, (x) => 1 / Math.sqrt(x)),
  square: smooth(1, 1, (x) => x * x),
  abs: pieces(1, 1, Math.abs, Math.sign),
  sign: step(Math.sign),
  floor: step(Math.floor),
  ceil: step(Math.ceil),
  round: step(roundHalfEven),
  sin: smooth(1, 1, Math.sin),
  cos: smooth(1, 1, Math.cos),
  tan: smooth(1, 1, Math.tan),
  tanh: smooth(1, 1, Math.tanh),
  erf: smooth(1, 1, erf),
  sigmoid: smooth(1, 4, sigmoid),
  softplus: smooth(1, 3, softplus),
  relu: pieces(
    1,
    1,
    (x) => Math.max(x, 0),
    (x) => Number(x > 0),
  ),
  relu6: pieces(
    1,
    2,
    (x) => clip(x, 0, 6),
    (x) => Number(x > 0) + Number(x >= 6),
  ),
  gelu: smooth(1, 5, gelu),
  geluTanh: smooth(1, 8, geluTanh),
  silu: smooth(1, 5, (x) => x * sigmoid(x)),
  /** The first operand's value with the gradient of the second. */
  straightThrough: { ...smooth(2, 0, (value) => value), flat: [0] },
} as const satisfies Record<string, Elementwise>;

export type ElementwiseOp = keyof typeof table;
export const elementwise: Readonly<Record<ElementwiseOp, Elementwise>> = table;
