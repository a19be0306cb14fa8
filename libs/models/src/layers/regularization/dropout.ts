import { z } from 'zod';
import { onlyInput, onlyTensor, sizeOf, type LayerType } from '../layer.js';
import { commonConfig, seedSchema } from '../schemas.js';

const config = z.strictObject({
  ...commonConfig,
  rate: z.number().min(0).lt(1),
  seed: seedSchema,
  noise_shape: z.null({ error: 'noise_shape is not supported: leave it out' }).optional(),
});

/** Keras `Dropout`: in training, zeros a share `rate` of the values and scales the rest by 1 / (1 - rate). */
export const dropout: LayerType<z.infer<typeof config>> = {
  config,
  build: ({ rate }, inputs) => {
    const shape = onlyInput(inputs);
    return {
      outputs: [shape],
      weights: [],
      flops: sizeOf(shape),
      kept: sizeOf(shape),
      mask: 'pass',
      call: (context, tensors) => {
        const x = onlyTensor(tensors);
        return context.training ? context.gs.ops.dropout(x, rate, context.seed()) : x;
      },
    };
  },
};
