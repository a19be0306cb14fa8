import type { Engine, Scalar, Tensor, Tensor2D } from '@gradstream/engine';
import type { Regularizer } from './regularizer.js';

/** Keras's fuzz factor, below which a row's norm counts as this. */
const EPSILON = 1e-12;

/**
 * Mean of the pairwise cosines of rows or columns, in absolute value (Keras `OrthogonalRegularizer`; Brock et al., ICLR
 * 2017): the sum of those off the diagonal, over the number of pairs.
 */
function orthogonality({ tf }: Engine, w: Tensor2D, mode: 'rows' | 'columns', factor: number): Scalar {
  const axis = mode === 'rows' ? 1 : 0;
  const normed = w.div<Tensor2D>(w.square().sum(axis, true).maximum(EPSILON).sqrt());
  const [rows, columns] = w.shape;
  const size = mode === 'rows' ? rows : columns;
  const cosines = tf.matMul(normed, normed, mode === 'columns', mode === 'rows');
  const pairs = (size * (size - 1)) / 2;
  return cosines
    .mul(tf.sub(1, tf.eye(size)))
    .abs()
    .sum()
    .mul<Scalar>((factor * 0.5) / Math.max(1, pairs));
}

/** The term of the loss that a regularizer makes of a weight or an output: Keras's, a sum over all values. */
export function penalty(gs: Engine, regularizer: Regularizer, w: Tensor): Scalar {
  const l1 = (factor: number): Scalar => w.abs().sum().mul<Scalar>(factor);
  const l2 = (factor: number): Scalar => w.square().sum().mul<Scalar>(factor);
  switch (regularizer.name) {
    case 'l1':
      return l1(regularizer.l1);
    case 'l2':
      return l2(regularizer.l2);
    case 'l1l2':
      if (regularizer.l1 === 0) return l2(regularizer.l2);
      return regularizer.l2 === 0 ? l1(regularizer.l1) : l1(regularizer.l1).add(l2(regularizer.l2));
    case 'orthogonal':
      return orthogonality(gs, w as Tensor2D, regularizer.mode, regularizer.factor);
  }
}
