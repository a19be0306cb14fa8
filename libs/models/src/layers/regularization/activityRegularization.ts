import { z } from 'zod';
import { onlyInput, onlyTensor, sizeOf, type LayerType } from '../layer.js';
import { commonConfig, regularizer } from '../schemas.js';

const factor = z.number().min(0).default(0);
const config = z.strictObject({ ...commonConfig, l1: factor, l2: factor, activity_regularizer: regularizer });

/** Keras `ActivityRegularization`: passes values on, and adds a penalty on them to the loss. */
export const activityRegularization: LayerType<z.infer<typeof config>> = {
  config,
  build: ({ l1, l2 }, inputs) => {
    const shape = onlyInput(inputs);
    return {
      outputs: [shape],
      weights: [],
      flops: 2 * sizeOf(shape),
      activityRegularizer: { name: 'l1l2', l1, l2 },
      mask: 'pass',
      call: (_, tensors) => onlyTensor(tensors),
    };
  },
};
