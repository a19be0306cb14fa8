import type { GradientCase } from '../check.js';
import { erf, rowsOf, sigmoid, softmax } from '../reference.js';

/** An op on each element. */
const elementwise = (
  name: string,
  covers: string,
  op: GradientCase['op'],
  of: (x: number) => number,
  composed?: GradientCase['op'],
): GradientCase => ({
  name,
  covers: [covers],
  inputs: [{ shape: [4, 7], values: Array.from({ length: 28 }, (_, i) => 7 * Math.sin(3 * i + 1)) }],
  op,
  reference: (x) => x.map(of),
  ...(composed ? { composed } : {}),
});

const TANH_SCALE = Math.sqrt(2 / Math.PI);

export const activationCases: readonly GradientCase[] = [
  elementwise(
    'softsign',
    'Softsign',
    ({ ops }, x) => ops.softsign(x),
    (x) => x / (1 + Math.abs(x)),
    (_, x) => x.div(x.abs().add(1)),
  ),
  elementwise(
    'silu',
    'Silu',
    ({ ops }, x) => ops.silu(x),
    (x) => x * sigmoid(x),
    (_, x) => x.mul(x.sigmoid()),
  ),
  elementwise(
    'gelu',
    'Gelu',
    ({ ops }, x) => ops.gelu(x.div(3)),
    (x) => ((x / 3) * (1 + erf(x / 3 / Math.SQRT2))) / 2,
    (_, x) => x.div(3).mul(x.div(3).mul(Math.SQRT1_2).erf().add(1)).mul(0.5),
  ),
  elementwise(
    'gelu by tanh',
    'GeluTanh',
    ({ ops }, x) => ops.gelu(x.div(3), { approximate: true }),
    (x) => ((x / 3) * (1 + Math.tanh(TANH_SCALE * (x / 3 + 0.044715 * (x / 3) ** 3)))) / 2,
  ),
  {
    name: 'log-softmax',
    covers: ['LogSoftmax'],
    inputs: [{ shape: [2, 3, 5] }],
    op: ({ ops }, x) => ops.logSoftmax(x),
    reference: (x) => rowsOf(x, 5).flatMap((row) => softmax(row).map(Math.log)),
    composed: ({ tf }, x) => tf.logSoftmax(x),
  },
];
