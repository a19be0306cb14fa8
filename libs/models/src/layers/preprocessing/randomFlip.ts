import { z } from 'zod';
import type { LayerType } from '../layer.js';
import { augmentation, drawn, randomConfig } from './images.js';

const AXES = { horizontal: [2], vertical: [1], horizontal_and_vertical: [1, 2] } as const;
const config = z.strictObject({
  ...randomConfig,
  mode: z.enum(['horizontal', 'vertical', 'horizontal_and_vertical']).default('horizontal_and_vertical'),
});

/** Keras 3 `RandomFlip`: every second image by chance; along both axes at once in the mode of both. */
export const randomFlip: LayerType<z.infer<typeof config>> = {
  config,
  build: ({ mode }, inputs) =>
    augmentation(inputs, { flops: 0, kept: 1 }, (context, images) => {
      const flips = drawn(context, images, [0, 1]).lessEqual(0.5).expandDims(-1);
      return context.gs.tf.where(flips, images.reverse([...AXES[mode]]), images);
    }),
};
