import { z } from 'zod';
import { onlyInput, onlyTensor, ShapeError, type LayerType } from '../layer.js';
import { commonConfig, lengthSchema } from '../schemas.js';

const config = z.strictObject({ ...commonConfig, dims: z.array(lengthSchema).min(1) });

/** Keras `Permute`: axes in another order, the first after the batch being 1. */
export const permute: LayerType<z.infer<typeof config>> = {
  config,
  build: ({ dims }, inputs) => {
    const shape = onlyInput(inputs);
    const sorted = dims.toSorted((a, b) => a - b);
    if (dims.length !== shape.length || !sorted.every((axis, index) => axis === index + 1)) {
      const message = `has the dims ${dims.join(', ')}, which are no order of the ${shape.length} axes of its input`;
      throw new ShapeError(message, `Name each of 1 to ${shape.length} once`);
    }
    return {
      outputs: [dims.map((axis) => shape[axis - 1] ?? 1)],
      weights: [],
      flops: 0,
      call: (_, tensors) => onlyTensor(tensors).transpose([0, ...dims]),
    };
  },
};
