// Keras's `Add`, `Subtract`, `Multiply`, `Average`, `Maximum` and `Minimum`.

import type { Engine, Tensor } from '@gradstream/engine';
import { anyMask, mergeLayer, type Merge } from './elementwise.js';

const fold = (tensors: readonly Tensor[], merge: (a: Tensor, b: Tensor) => Tensor): Tensor =>
  tensors.slice(1).reduce(merge, tensors[0] ?? missing());

function missing(): never {
  throw new Error('the registry checks the number of inputs');
}

const sameShape = (tensors: readonly Tensor[]): boolean =>
  tensors.every(({ shape }) => shape.join() === tensors[0]?.shape.join());

/** One op for any number of inputs of the same shape. */
const sum = ({ tf }: Engine, tensors: readonly Tensor[]): Tensor =>
  tensors.length > 2 && sameShape(tensors) ? tf.addN([...tensors]) : fold(tensors, (a, b) => a.add(b));

/** Largest or smallest values: of two inputs, padding gives way to the other one. */
const extreme = (merge: (a: Tensor, b: Tensor) => Tensor): Merge => ({
  wide: true,
  merge: (_, tensors) => fold(tensors, merge),
  mergeMasked: ({ tf }, tensors, masks) => {
    let counted = masks[0] ?? null;
    return fold(tensors, (all, next) => {
      const mask = masks[tensors.indexOf(next)] ?? null;
      const second = mask ? tf.where(mask, next, all) : next;
      const first = counted ? tf.where(counted, all, second) : all;
      counted = counted && mask && tf.logicalOr(counted, mask);
      return merge(first, second);
    });
  },
});

export const add = mergeLayer({ merge: sum });
export const subtract = mergeLayer({ count: 2, merge: (_, tensors) => fold(tensors, (a, b) => a.sub(b)) });
export const average = mergeLayer({ merge: (gs, tensors) => sum(gs, tensors).mul(1 / tensors.length) });
export const maximum = mergeLayer(extreme((a, b) => a.maximum(b)));
export const minimum = mergeLayer(extreme((a, b) => a.minimum(b)));

/** Padding counts as 1; where all inputs are padding the product is 0. */
export const multiply = mergeLayer({
  merge: (_, tensors) => fold(tensors, (a, b) => a.mul(b)),
  mergeMasked: (gs, tensors, masks) => {
    const { tf } = gs;
    const counted = tensors.map((tensor, index) => {
      const mask = masks[index];
      return mask ? tf.where(mask, tensor, tf.fill(tensor.shape, 1)) : tensor;
    });
    const product = fold(counted, (a, b) => a.mul(b));
    const any = anyMask(gs, masks);
    return any ? product.mul(any.cast('float32')) : product;
  },
});
