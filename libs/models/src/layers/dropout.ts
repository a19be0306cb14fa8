import { z } from 'zod';
import type { LayerType } from './layer.js';
import { commonConfig } from './schemas.js';

const config = z.strictObject({
  ...commonConfig,
  rate: z.number().min(0).lt(1),
  seed: z.int().nullable().optional(),
  noise_shape: z.null({ error: 'noise_shape is not supported: leave it out' }).optional(),
});

/** Keras `Dropout`: in training, zeros a share `rate` of the values and scales the rest by 1 / (1 - rate). */
export const dropout: LayerType<z.infer<typeof config>> = {
  config,
  build: ({ rate }, name, inputShape) => ({
    type: 'Dropout',
    name,
    inputShape,
    outputShape: inputShape,
    rate,
    parameters: [],
  }),
};
