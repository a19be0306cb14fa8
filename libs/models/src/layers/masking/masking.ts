import { z } from 'zod';
import { onlyInput, onlyTensor, ShapeError, showShape, sizeOf, type LayerType } from '../layer.js';
import { commonConfig } from '../schemas.js';

const config = z.strictObject({ ...commonConfig, mask_value: z.number().default(0) });

/** Keras `Masking`: a step all of whose features are the mask value is padding. */
export const masking: LayerType<z.infer<typeof config>> = {
  config,
  build: ({ mask_value: value }, inputs) => {
    const shape = onlyInput(inputs);
    if (shape.length < 2) {
      throw new ShapeError(
        `takes [steps, features] a sample, it is given ${showShape(shape)}`,
        'Add an axis',
      );
    }
    return {
      outputs: [shape],
      weights: [],
      flops: 2 * sizeOf(shape),
      mask: (_, tensors) => onlyTensor(tensors).notEqual(value).any(-1),
      call: ({ gs }, tensors) => {
        const x = onlyTensor(tensors);
        return gs.tf.where(
          x.notEqual(value).any(-1, true).logicalAnd(gs.tf.onesLike(x).cast('bool')),
          x,
          gs.tf.zerosLike(x),
        );
      },
    };
  },
};
