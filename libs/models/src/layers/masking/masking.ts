import type { Tensor } from '@gradstream/engine';
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
    const counts = (x: Tensor): Tensor => x.notEqual(value).any(-1);
    return {
      outputs: [shape],
      weights: [],
      flops: 2 * sizeOf(shape),
      mask: ({ gs }, tensors) => gs.withoutGradients(() => counts(onlyTensor(tensors))),
      call: ({ gs }, tensors) => {
        const x = onlyTensor(tensors);
        const isKept = gs.withoutGradients(() => counts(x).expandDims(-1));
        return gs.tf.where(isKept, x, gs.tf.zerosLike(x));
      },
    };
  },
};
