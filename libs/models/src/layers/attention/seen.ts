// Which keys a query sees.

import type { Engine, Tensor } from '@gradstream/engine';

/** Added to the scores of keys that are not seen. */
const MASKED = 1e9;

export interface Seen {
  /** True where a query sees a key; broadcasts to the scores. */
  readonly mask: Tensor;
  /** Whether every query sees a key in any case. */
  readonly always: boolean;
}

/**
 * Keys up to the query's own place (causal), and those less than `window` places away from it: bool [queries, keys]. A
 * function of shapes alone, which TensorFlow computes once.
 */
export function seenPlaces(
  { tf }: Engine,
  [queries, keys]: readonly [number, number],
  { causal, window }: { readonly causal: boolean; readonly window: number | null },
): Tensor | null {
  if (!causal && window === null) return null;
  const rows = tf.range(0, queries).reshape([queries, 1]);
  const columns = tf.range(0, keys).reshape([1, keys]);
  const past = causal ? rows.greaterEqual(columns) : null;
  if (window === null) return past;
  const near = rows.sub(columns).abs().less(window);
  return past ? tf.logicalAnd(past, near) : near;
}

/** All of the masks that there are. */
export function allOf({ tf }: Engine, masks: readonly (Tensor | null)[]): Tensor | null {
  return masks.reduce((all, mask) => (all && mask ? tf.logicalAnd(all, mask) : (all ?? mask)), null);
}

/** Scores of keys that are not seen lowered by so much that they have no weight. */
export const lowered = (scores: Tensor, mask: Tensor): Tensor =>
  scores.add(mask.cast('float32').sub(1).mul(MASKED));

/**
 * Scores of keys that are not seen replaced: no gradient flows into them, and a query that sees nothing has the same
 * weight for all keys. Where each query sees something, lowering them is the same and takes fewer ops.
 */
export function hidden(scores: Tensor, { mask, always }: Seen): Tensor {
  if (always) return lowered(scores, mask);
  const counted = mask.cast('float32');
  return scores.mul(counted).add(counted.sub(1).mul(MASKED));
}
