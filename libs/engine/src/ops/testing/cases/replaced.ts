// Gradients of tfjs's own kernels that ours replace.

import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import type { GradientCase } from '../check.js';
import { at, range, rowsOf, sigmoid, sum, transposed } from '../reference.js';

const SIGNED = range(24).map((i) => 8 * Math.sin(3 * i + 1) + 0.1 * Math.cos(17 * i));
const POSITIVE = SIGNED.map((value) => 0.2 + Math.abs(value));
const SELU = { scale: 1.0507009873554805, alpha: 1.6732632423543772 };

function elementwise(
  kernel: string,
  op: GradientCase['op'],
  of: (x: number) => number,
  values = SIGNED,
): GradientCase {
  const inputs = [{ shape: [4, 6], values }];
  return { name: `tfjs's ${kernel}`, covers: [kernel], inputs, op, reference: (x) => x.map(of) };
}

/** Σ over groups of the elements whose indexes `groups` gives. */
const reduced = (x: readonly number[], groups: readonly (readonly number[])[]): number[] =>
  groups.map((group) => sum(group.map((index) => at(x, index))));

const COLUMNS = range(3).map((column) => range(8).map((row) => row * 3 + column));
const IDS = [3, 0, 3, 1];

export const replacedCases: readonly GradientCase[] = [
  elementwise(
    'Relu',
    ({ ops }, x) => ops.relu(x),
    (x) => Math.max(x, 0),
  ),
  elementwise(
    'Relu6',
    ({ ops }, x) => ops.relu6(x),
    (x) => Math.min(Math.max(x, 0), 6),
  ),
  elementwise('Sigmoid', ({ ops }, x) => ops.sigmoid(x), sigmoid),
  elementwise('Tanh', ({ ops }, x) => ops.tanh(x), Math.tanh),
  elementwise(
    'Softplus',
    ({ ops }, x) => ops.softplus(x),
    (x) => Math.log1p(Math.exp(x)),
  ),
  elementwise(
    'LeakyRelu',
    ({ ops }, x) => ops.leakyRelu(x, 0.3),
    (x) => (x > 0 ? x : 0.3 * x),
  ),
  elementwise(
    'Elu',
    ({ ops }, x) => ops.elu(x),
    (x) => (x > 0 ? x : Math.expm1(x)),
  ),
  elementwise(
    'Selu',
    ({ ops }, x) => ops.selu(x),
    (x) => SELU.scale * (x > 0 ? x : SELU.alpha * Math.expm1(x)),
  ),
  elementwise('Abs', (_, x) => x.abs(), Math.abs),
  elementwise('Sqrt', (_, x) => x.sqrt(), Math.sqrt, POSITIVE),
  elementwise(
    'Rsqrt',
    (_, x) => x.rsqrt(),
    (x) => 1 / Math.sqrt(x),
    POSITIVE,
  ),
  {
    name: "tfjs's Softmax",
    covers: ['Softmax'],
    inputs: [{ shape: [2, 3, 4] }],
    op: ({ ops }, x) => ops.softmax(x),
    reference: (x) => rowsOf(x, 4).flatMap((row) => row.map((v) => Math.exp(v) / sum(row.map(Math.exp)))),
  },
  {
    name: "tfjs's Sum over two axes",
    covers: ['Sum'],
    inputs: [{ shape: [2, 4, 3] }],
    op: (_, x) => x.sum([0, -2]),
    reference: (x) => reduced(x, COLUMNS),
  },
  {
    name: "tfjs's Sum over all",
    covers: ['Sum'],
    inputs: [{ shape: [2, 4, 3] }],
    op: (_, x) => x.sum(),
    reference: (x) => [sum(x)],
  },
  {
    name: "tfjs's Mean over two axes that stay",
    covers: ['Mean'],
    inputs: [{ shape: [2, 4, 3] }],
    op: (_, x) => x.mean([0, 1], true),
    reference: (x) => reduced(x, COLUMNS).map((total) => total / 8),
  },
  {
    name: "tfjs's Add of a bias",
    covers: ['Add'],
    inputs: [{ shape: [2, 4, 3] }, { shape: [3] }],
    op: (_, x, bias) => x.add(bias),
    reference: (x, bias) => x.map((value, i) => value + at(bias, i % 3)),
  },
  {
    name: "tfjs's Add of a column",
    covers: ['Add'],
    inputs: [{ shape: [3, 4] }, { shape: [3, 1] }],
    op: (_, x, column) => x.add(column),
    reference: (x, column) => x.map((value, i) => value + at(column, Math.floor(i / 4))),
  },
  {
    name: "tfjs's GatherV2 of rows",
    covers: ['GatherV2'],
    inputs: [{ shape: [4, 3] }, { shape: [2, 2], values: IDS, dtype: 'int32', fixed: true }],
    op: ({ tf }, x, ids) => tf.gather(x, ids),
    reference: (x) => IDS.flatMap((id) => x.slice(3 * id, 3 * id + 3)),
    onlyEager: 'its kernel reads the indices',
  },
  {
    name: "tfjs's GatherV2 of columns",
    covers: ['GatherV2'],
    inputs: [{ shape: [3, 4] }, { shape: [4], values: IDS, dtype: 'int32', fixed: true }],
    op: ({ tf }, x, ids) => tf.gather(x, ids, 1),
    reference: (x) => rowsOf(x, 4).flatMap((row) => IDS.map((id) => at(row, id))),
    onlyEager: 'its kernel reads the indices',
  },
  {
    name: "tfjs's FusedBatchNorm, statistics included",
    covers: ['FusedBatchNorm'],
    inputs: [
      { shape: [2, 2, 2, 3] },
      { shape: [3] },
      { shape: [3], values: [0.5, 1, 2] },
      { shape: [3] },
      { shape: [3] },
    ],
    op: ({ tf }, x, mean, variance, scale, offset) => {
      const [m, v, s, o] = [mean, variance, scale, offset] as [Tensor1D, Tensor1D, Tensor1D, Tensor1D];
      return tf.batchNorm(x as Tensor4D, m, v, o, s, 1e-3);
    },
    reference: (x, mean, variance, scale, offset) =>
      transposed(
        rowsOf(transposed(x, 3), 8).flatMap((column, c) => {
          const factor = at(scale, c) / Math.sqrt(at(variance, c) + 1e-3);
          return column.map((value) => (value - at(mean, c)) * factor + at(offset, c));
        }),
        8,
      ),
  },
];
