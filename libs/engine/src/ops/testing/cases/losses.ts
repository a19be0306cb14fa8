import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { GradientCase } from '../check.js';
import { at, rowsOf, sigmoid, softmax, sum } from '../reference.js';

const CLASSES = [2, 0, 1];
const SHARES = [0.2, 0.3, 0.5, 0, 1, 0, 0.6, 0.1, 0.3];

export const lossCases: readonly GradientCase[] = [
  {
    name: 'softmax cross-entropy of class indexes',
    covers: ['SparseSoftmaxCrossEntropy'],
    inputs: [{ shape: [3, 4] }, { shape: [3], values: CLASSES, dtype: 'int32', fixed: true }],
    op: ({ ops }, logits, labels) => ops.sparseSoftmaxCrossEntropy(logits as Tensor2D, labels as Tensor1D),
    reference: (logits) => rowsOf(logits, 4).map((row, i) => -Math.log(at(softmax(row), at(CLASSES, i)))),
    composed: ({ tf }, logits, labels) =>
      tf
        .logSoftmax(logits)
        .mul(tf.oneHot(labels as Tensor1D, 4))
        .sum(1)
        .neg(),
  },
  {
    name: 'softmax cross-entropy of distributions',
    covers: ['SoftmaxCrossEntropy'],
    inputs: [{ shape: [3, 3] }, { shape: [3, 3], values: SHARES }],
    op: ({ ops }, logits, labels) => ops.softmaxCrossEntropy(logits as Tensor2D, labels as Tensor2D),
    reference: (logits, labels) => {
      const shares = rowsOf(labels, 3);
      return rowsOf(logits, 3).map((row, i) => {
        const logarithms = softmax(row).map(Math.log);
        return -sum(logarithms.map((value, j) => value * at(shares[i] ?? [], j)));
      });
    },
  },
  {
    name: 'binary cross-entropy',
    covers: ['SigmoidCrossEntropy'],
    inputs: [{ shape: [3, 3] }, { shape: [3, 3], values: SHARES }],
    op: ({ ops }, logits, labels) => ops.sigmoidCrossEntropy(logits, labels),
    reference: (logits, labels) =>
      logits.map((x, i) => {
        const z = at(labels, i);
        return -z * Math.log(sigmoid(x)) - (1 - z) * Math.log(1 - sigmoid(x));
      }),
    composed: ({ tf }, logits, labels) =>
      tf.maximum(logits, 0).sub(logits.mul(labels)).add(logits.abs().neg().exp().log1p()),
  },
];
