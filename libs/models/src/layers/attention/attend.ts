// Scaled dot-product attention of several heads (Vaswani et al., NeurIPS 2017), where several heads of queries may share
// one of keys and values (Ainslie et al., EMNLP 2023).

import type { Tensor } from '@gradstream/engine';
import type { LayerContext } from '../layer.js';
import { hidden, type Seen } from './seen.js';

/** Heads before steps, so that products run over the last two axes. */
export interface Heads {
  /** [batch, heads, queries, features], multiplied with its scale already. */
  readonly query: Tensor;
  /** [batch, groups, keys, features]; a group is of heads / groups heads, one after the other. */
  readonly key: Tensor;
  /** [batch, groups, keys, width]. */
  readonly value: Tensor;
}

export interface AttendOptions {
  readonly seen: Seen | null;
  readonly dropout: number;
  /** Whether a query that sees nothing gets zeros, as Keras does where it drops or returns weights, not the mean. */
  readonly zeroUnseen: boolean;
}

/** Mixed values [batch, queries, heads, width], and the weights [batch, heads, queries, keys] before dropout. */
export function attend(
  { gs, training, seed }: LayerContext,
  { query, key, value }: Heads,
  { seen, dropout, zeroUnseen }: AttendOptions,
): { mixed: Tensor; weights: Tensor } {
  const { ops } = gs;
  const [batch, heads, queries] = query.shape as [number, number, number];
  const groups = key.shape[1] ?? heads;
  const isGrouped = groups !== heads;
  // The queries of a group's heads are one longer list of queries: nothing is repeated.
  const grouped = (x: Tensor): Tensor => (isGrouped ? x.reshape([batch, groups, -1, x.shape[3] ?? 1]) : x);
  const byHead = (x: Tensor): Tensor => (isGrouped ? x.reshape([batch, heads, queries, -1]) : x);

  const scores = byHead(ops.batchMatMul(grouped(query), key, { transposeB: true }));
  const softened = ops.softmax(seen ? hidden(scores, seen) : scores);
  const isZeroed = seen !== null && !seen.always && zeroUnseen;
  const weights = isZeroed ? softened.mul(seen.mask.cast('float32')) : softened;
  const kept = training && dropout > 0 ? ops.dropout(weights, dropout, seed()) : weights;
  const mixed = byHead(ops.batchMatMul(grouped(kept), value));
  return { mixed: mixed.transpose([0, 2, 1, 3]), weights };
}
