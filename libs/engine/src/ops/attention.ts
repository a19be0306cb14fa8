// Scaled dot-product attention of several heads, between the projections of a multi-head attention layer.

import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import type { Transposed } from './matmul.js';

/** Added to scores that a mask leaves out, as Keras does it. */
const MASKED = -1e9;
const HEADS_FIRST = [0, 2, 1, 3];

export interface AttentionOptions {
  /** What queries are multiplied with; 1/√features by default. */
  readonly scale?: number;
  /** Where it is true a query sees a key; [batch, heads, queries, keys], a dimension of 1 stands for all. */
  readonly mask?: Tensor;
}

export function attentionOps(
  { tf }: Runtime,
  batchMatMul: (a: Tensor, b: Tensor, flags?: Transposed) => Tensor,
) {
  return {
    /**
     * softmax(scale·query·keyᵀ)·value for each head (Vaswani et al., NeurIPS 2017; the middle of Keras's
     * `MultiHeadAttention`). Query [batch, queries, heads, features], key [batch, keys, heads, features], value
     * [batch, keys, heads, width] → [batch, queries, heads, width].
     */
    attention: (
      query: Tensor4D,
      key: Tensor4D,
      value: Tensor4D,
      { scale = 1 / Math.sqrt(query.shape[3]), mask }: AttentionOptions = {},
    ): Tensor4D =>
      tf.tidy(() => {
        const [q, k, v] = [query.mul(scale), key, value].map((x) => x.transpose(HEADS_FIRST)) as [
          Tensor,
          Tensor,
          Tensor,
        ];
        const scores = batchMatMul(q, k, { transposeB: true });
        const seen = mask ? scores.add(tf.sub(1, mask.cast('float32')).mul(MASKED)) : scores;
        return batchMatMul(tf.softmax(seen), v).transpose(HEADS_FIRST);
      }),
  };
}
