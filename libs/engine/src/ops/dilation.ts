// Dilated windows for ops without them: each residue class of positions becomes a sample of its own.

import type { Tensor4D } from '@tensorflow/tfjs';
import type { Tf } from '../backend/tfjs.js';
import type { Padding } from './attributes.js';

/**
 * Applies `op`, an undilated convolution of stride 1 with valid padding, as if its kernel of the given size had
 * dilations (Yu and Koltun, ICLR 2016; the way of TensorFlow's `with_space_to_batch`).
 */
export function dilated(
  tf: Tf,
  x: Tensor4D,
  size: readonly number[],
  window: { readonly padding: Padding; readonly dilations: readonly number[] },
  op: (x: Tensor4D) => Tensor4D,
): Tensor4D {
  const axes = window.dilations.map((rate, axis) => {
    const missing = window.padding === 'same' ? ((size[axis] ?? 1) - 1) * rate : 0;
    const before = Math.floor(missing / 2);
    const length = (x.shape[axis + 1] ?? 1) + missing;
    const rest = (rate - (length % rate)) % rate;
    return { rate, padding: [before, missing - before + rest], crop: [0, rest] };
  });
  const rates = axes.map(({ rate }) => rate);
  const spread = tf.spaceToBatchND(
    x,
    rates,
    axes.map(({ padding }) => padding),
  );
  return tf.batchToSpaceND(
    op(spread),
    rates,
    axes.map(({ crop }) => crop),
  );
}
