// What the layers that merge their inputs value by value share: how shapes and masks come together.

import type { Engine, Tensor } from '@gradstream/engine';
import { z } from 'zod';
import { ShapeError, showShape, sizeOf, type LayerContext, type LayerType, type Shape } from '../layer.js';
import { commonConfig } from '../schemas.js';

const config = z.strictObject(commonConfig);

/** The common shape: axes are compared from the last one on, and a length of 1 or a missing axis stands for any. */
function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [x = 1, y = 1] = [a[axis - rank + a.length], b[axis - rank + b.length]];
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    const message = `cannot merge inputs of the shapes ${showShape(a)} and ${showShape(b)}`;
    throw new ShapeError(message, 'Give them the same shape, or lengths of 1 where one value stands for all');
  });
}

/** Float inputs of one rank; axes are put in after the batch. */
function align(tensors: readonly Tensor[], rank: number): Tensor[] {
  return tensors.map((tensor) => {
    const x = tensor.dtype === 'float32' ? tensor : tensor.cast('float32');
    const missing = rank + 1 - x.rank;
    const ones = Array.from({ length: missing }, () => 1);
    return missing === 0 ? x : x.reshape([x.shape[0], ...ones, ...x.shape.slice(1)]);
  });
}

/** Inputs as long as the output along every axis. A sum with zeros, because its gradient is a sum of its own. */
function widen({ tf }: Engine, tensors: readonly Tensor[]): Tensor[] {
  const shape = tensors.reduce<readonly number[]>((all, x) => broadcast(all, x.shape), []);
  return tensors.map((x) => (x.shape.join() === shape.join() ? x : x.add(tf.fill([...shape], 0))));
}

/** A step counts where it counts in any input; everything counts where that is so of one of them. */
export function anyMask({ tf }: Engine, masks: readonly (Tensor | null)[]): Tensor | null {
  const [first, ...others] = masks;
  if (!first) return null;
  return others.reduce<Tensor | null>((all, mask) => all && mask && tf.logicalOr(all, mask), first);
}

export interface Merge {
  /** As many inputs as one likes when absent. */
  readonly count?: number;
  /** Of inputs that broadcast. */
  readonly merge: (gs: Engine, tensors: readonly Tensor[]) => Tensor;
  /** Whether `merge` needs inputs of the same shape. */
  readonly wide?: boolean;
  /** Where padding has no say: inputs of the same shape with masks that broadcast to them; null where all counts. */
  readonly mergeMasked?: (
    gs: Engine,
    tensors: readonly Tensor[],
    masks: readonly (Tensor | null)[],
  ) => Tensor;
}

/** Masks [batch, steps] as they broadcast to inputs; none where inputs were given further axes. */
function wideMasks({ masks }: LayerContext, tensors: readonly Tensor[]): (Tensor | null)[] {
  const isAligned = tensors.every(({ rank }) => rank === tensors[0]?.rank);
  return masks.map((mask) => (isAligned && mask ? mask.expandDims(-1) : null));
}

/** A layer of Keras's `Merge` family. */
export function mergeLayer({
  count,
  merge,
  wide = false,
  mergeMasked,
}: Merge): LayerType<z.infer<typeof config>> {
  return {
    config,
    inputs: { least: count ?? 1, most: count ?? Infinity },
    build: (_, { shapes }) => {
      const [first = [], ...others] = shapes;
      const shape = others.reduce(broadcast, first);
      return {
        outputs: [shape],
        weights: [],
        flops: sizeOf(shape) * Math.max(1, shapes.length - 1),
        mask: ({ gs, masks }) => anyMask(gs, masks),
        call: (context, tensors) => {
          const { gs } = context;
          const aligned = align(tensors, shape.length);
          const masks = mergeMasked ? wideMasks(context, tensors) : [];
          if (mergeMasked && masks.some((mask) => mask !== null))
            return mergeMasked(gs, widen(gs, aligned), masks);
          return merge(gs, wide ? widen(gs, aligned) : aligned);
        },
      };
    },
  };
}
