import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { GradientCase, Values } from '../check.js';
import { at, normalized, product, range, rowsOf, softmax, sum, transposed } from '../reference.js';

const FLAGS = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

/** a [3, 4] · b [4, 2], given transposed or not. */
const matrixCases = FLAGS.map(([transposeA, transposeB]): GradientCase => ({
  name: `a matrix product, transposed ${transposeA} ${transposeB}`,
  covers: ['MatMul'],
  inputs: [{ shape: transposeA ? [4, 3] : [3, 4] }, { shape: transposeB ? [2, 4] : [4, 2] }],
  op: ({ ops }, a, b) => ops.matMul(a as Tensor2D, b as Tensor2D, { transposeA, transposeB }),
  reference: (a, b) => product(transposeA ? transposed(a, 3) : [...a], transposeB ? transposed(b, 4) : b, 4),
  composed: ({ tf }, a, b) => tf.matMul(a, b, transposeA, transposeB),
}));

const batchCases = FLAGS.map(([transposeA, transposeB]): GradientCase => ({
  name: `products of batches of matrices, transposed ${transposeA} ${transposeB}`,
  covers: ['BatchMatMul'],
  inputs: [
    { shape: transposeA ? [2, 2, 4, 3] : [2, 2, 3, 4] },
    { shape: transposeB ? [2, 2, 2, 4] : [2, 2, 4, 2] },
  ],
  op: ({ ops }, a, b) => ops.batchMatMul(a, b, { transposeA, transposeB }),
  reference: (a, b) =>
    range(4).flatMap((i) => {
      const [left, right] = [a.slice(12 * i, 12 * i + 12), b.slice(8 * i, 8 * i + 8)];
      return product(transposeA ? transposed(left, 3) : left, transposeB ? transposed(right, 4) : right, 4);
    }),
  composed: ({ tf }, a, b) => tf.matMul(a, b, transposeA, transposeB),
}));

const IDS = [4, 0, 4, 4, 2, 1];

/** Two heads of 3 features and values of width 2, two queries, three keys. */
function attentionReference(query: Values, key: Values, value: Values, mask: Values): number[] {
  return range(2).flatMap((q) =>
    range(2).flatMap((head) => {
      const scores = range(3).map((k) => {
        const terms = range(3).map(
          (i) => at(query, (q * 2 + head) * 3 + i) * at(key, (k * 2 + head) * 3 + i),
        );
        return at(mask, q * 3 + k) === 0 ? -Infinity : sum(terms) / Math.sqrt(3);
      });
      const shares = softmax(scores);
      return range(2).map((i) => sum(shares.map((share, k) => share * at(value, (k * 2 + head) * 2 + i))));
    }),
  );
}

export const layerCases: readonly GradientCase[] = [
  ...matrixCases,
  ...batchCases,
  {
    name: 'a bias on three dimensions',
    covers: ['BiasAdd'],
    inputs: [{ shape: [2, 3, 4] }, { shape: [4] }],
    op: ({ ops }, x, bias) => ops.biasAdd(x, bias as Tensor1D),
    reference: (x, bias) => x.map((value, i) => value + at(bias, i % 4)),
    composed: (_, x, bias) => x.add(bias),
  },
  {
    name: 'a dense layer on three dimensions',
    covers: ['MatMul', 'BiasAdd'],
    inputs: [{ shape: [2, 3, 4] }, { shape: [4, 5] }, { shape: [5] }],
    op: ({ ops }, x, kernel, bias) => ops.dense(x, kernel as Tensor2D, bias as Tensor1D),
    reference: (x, kernel, bias) => product(x, kernel, 4).map((value, i) => value + at(bias, i % 5)),
    composed: (_, x, kernel, bias) => x.reshape([6, 4]).matMul(kernel).add(bias).reshape([2, 3, 5]),
  },
  {
    name: 'an embedding with repeated ids',
    covers: ['Embedding'],
    inputs: [{ shape: [5, 3] }, { shape: [2, 3], values: IDS, dtype: 'int32', fixed: true }],
    op: ({ ops }, table, ids) => ops.embedding(table as Tensor2D, ids),
    reference: (table) => IDS.flatMap((id) => table.slice(3 * id, 3 * id + 3)),
    composed: ({ tf }, table, ids) =>
      tf
        .oneHot(ids.reshape([6]), 5)
        .toFloat()
        .matMul(table)
        .reshape([2, 3, 3]),
  },
  {
    name: 'layer normalization',
    covers: ['LayerNorm'],
    inputs: [{ shape: [2, 3, 5] }, { shape: [5] }, { shape: [5] }],
    op: ({ ops }, x, scale, offset) => ops.layerNorm(x, scale as Tensor1D, offset as Tensor1D, 1e-3),
    reference: (x, scale, offset) =>
      rowsOf(x, 5).flatMap((row) => normalized(row, 1e-3).map((v, i) => v * at(scale, i) + at(offset, i))),
    composed: (_, x, scale, offset) => {
      const centered = x.sub(x.mean(-1, true));
      return centered.div(centered.square().mean(-1, true).add(1e-3).sqrt()).mul(scale).add(offset);
    },
  },
  ...[
    [12, 3],
    [2, 6, 3],
    [2, 2, 3, 3],
    [1, 2, 3, 2, 3],
  ].map((shape): GradientCase => ({
    name: `batch normalization in training on [${shape.join(', ')}]`,
    covers: ['BatchNormTraining'],
    inputs: [{ shape }, { shape: [3] }, { shape: [3] }],
    op: ({ ops }, x, scale, offset) =>
      ops.batchNormTraining(x, scale as Tensor1D, offset as Tensor1D, 1e-3).output,
    reference: (x, scale, offset) =>
      transposed(
        rowsOf(transposed(x, 3), 12).flatMap((column, channel) =>
          normalized(column, 1e-3).map((value) => value * at(scale, channel) + at(offset, channel)),
        ),
        12,
      ),
    composed: (_, x, scale, offset) => {
      const rows = x.reshape([12, 3]);
      const centered = rows.sub(rows.mean(0));
      const normal = centered.div(centered.square().mean(0).add(1e-3).sqrt());
      return normal.mul(scale).add(offset).reshape(shape);
    },
  })),
  {
    name: 'batch normalization in inference',
    covers: [],
    inputs: [
      { shape: [4, 3] },
      { shape: [3] },
      { shape: [3], values: [0.5, 1, 2] },
      { shape: [3] },
      { shape: [3] },
    ],
    op: ({ ops }, x, mean, variance, scale, offset) => {
      const statistics = { mean: mean as Tensor1D, variance: variance as Tensor1D };
      return ops.batchNormInference(x, statistics, scale as Tensor1D, offset as Tensor1D, 1e-3);
    },
    reference: (x, mean, variance, scale, offset) =>
      x.map((value, i) => {
        const channel = i % 3;
        const deviation = Math.sqrt(at(variance, channel) + 1e-3);
        return ((value - at(mean, channel)) / deviation) * at(scale, channel) + at(offset, channel);
      }),
    composed: (_, x, mean, variance, scale, offset) =>
      x.sub(mean).div(variance.add(1e-3).sqrt()).mul(scale).add(offset),
  },
  {
    name: 'attention of two heads with a mask',
    covers: ['BatchMatMul'],
    inputs: [
      { shape: [1, 2, 2, 3] },
      { shape: [1, 3, 2, 3] },
      { shape: [1, 3, 2, 2] },
      { shape: [1, 1, 2, 3], values: [1, 0, 1, 1, 1, 0], dtype: 'int32', fixed: true },
    ],
    op: ({ ops }, query, key, value, mask) =>
      ops.attention(query as Tensor4D, key as Tensor4D, value as Tensor4D, { mask }),
    reference: attentionReference,
  },
  {
    name: 'the L2 loss',
    covers: ['L2Loss'],
    inputs: [{ shape: [3, 4] }],
    op: ({ ops }, x) => ops.l2Loss(x),
    reference: (x) => [sum(x.map((value) => value * value)) / 2],
    composed: (_, x) => x.square().sum().mul(0.5),
  },
];
