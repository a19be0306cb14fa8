import { z } from 'zod';
import { onlyInput, onlyTensor, ShapeError, showShape, type LayerType } from '../layer.js';
import { commonConfig, lengthSchema } from '../schemas.js';

const config = z.strictObject({ ...commonConfig, n: lengthSchema });

/** Keras `RepeatVector`: [features] n times, as [n, features]. */
export const repeatVector: LayerType<z.infer<typeof config>> = {
  config,
  build: ({ n }, inputs) => {
    const shape = onlyInput(inputs);
    const [features] = shape;
    if (shape.length !== 1 || features === undefined)
      throw new ShapeError(
        `takes a vector a sample, it is given ${showShape(shape)}`,
        'Put a Flatten before it',
      );
    return {
      outputs: [[n, features]],
      weights: [],
      flops: 0,
      call: (_, tensors) => onlyTensor(tensors).expandDims(1).tile([1, n, 1]),
    };
  },
};
