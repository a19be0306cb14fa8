import type { Engine, Tensor } from '@gradstream/engine';
import { z } from 'zod';
import { axisOf } from '../axes.js';
import { ShapeError, showShape, type LayerType, type Shape } from '../layer.js';
import { commonConfig } from '../schemas.js';
import { anyMask } from './elementwise.js';

const config = z.strictObject({ ...commonConfig, axis: z.int().default(-1) });

/** Masks of the steps lie one after the other as the steps do; along other axes a step counts where any input's does. */
function joinMasks(
  { tf }: Engine,
  masks: readonly (Tensor | null)[],
  inputs: readonly Tensor[],
): Tensor | null {
  if (masks.every((mask) => mask === null)) return null;
  const all = inputs.map((input, index) => masks[index] ?? tf.fill(input.shape.slice(0, 2), 1).cast('bool'));
  return tf.concat(all, 1);
}

function joined(shapes: readonly Shape[], place: number): Shape {
  const [first = []] = shapes;
  const other = shapes.find(
    (shape) =>
      shape.length !== first.length || shape.some((length, axis) => axis !== place && length !== first[axis]),
  );
  if (other) {
    const message = `cannot join inputs of the shapes ${showShape(first)} and ${showShape(other)} along axis ${place + 1}`;
    throw new ShapeError(message, 'Their lengths may differ along that axis only');
  }
  const total = shapes.reduce((sum, shape) => sum + (shape[place] ?? 0), 0);
  return first.map((length, axis) => (axis === place ? total : length));
}

/** Keras `Concatenate`. */
export const concatenate: LayerType<z.infer<typeof config>> = {
  config,
  inputs: { least: 1, most: Infinity },
  build: ({ axis }, { shapes }) => {
    const place = axisOf(axis, shapes[0] ?? [], ['axis']) - 1;
    const output = joined(shapes, place);
    const isSteps = place === 0 && output.length > 1;
    return {
      outputs: [output],
      weights: [],
      flops: 0,
      mask: ({ gs, masks }, inputs) => (isSteps ? joinMasks(gs, masks, inputs) : anyMask(gs, masks)),
      call: ({ gs }, tensors) =>
        gs.tf.concat(
          tensors.map((tensor) => (tensor.dtype === 'float32' ? tensor : tensor.cast('float32'))),
          place + 1,
        ),
    };
  },
};
