// Augmentation that changes the values of pixels, within the range of values.

import { z } from 'zod';
import { sizeOf, type LayerType } from '../layer.js';
import { augmentation, drawn, imageShape, randomConfig, rangeSchema, valueRangeSchema } from './images.js';

const brightnessConfig = z.strictObject({
  ...randomConfig,
  factor: rangeSchema(z.number().min(-1).max(1), (value) => [-Math.abs(value), Math.abs(value)]),
  value_range: valueRangeSchema,
});

/** Keras `RandomBrightness`: adds a share of the range of values, the same one to all channels. */
export const randomBrightness: LayerType<z.infer<typeof brightnessConfig>> = {
  config: brightnessConfig,
  build: ({ factor, value_range: [least, most] }, inputs) => {
    const size = sizeOf(imageShape(inputs));
    return augmentation(inputs, { flops: 2 * size, kept: size }, (context, images) => {
      const shift = drawn(context, images, factor).mul(most - least);
      return images.add(shift.expandDims(-1)).clipByValue(least, most);
    });
  },
};

const contrastConfig = z.strictObject({
  ...randomConfig,
  /** How much less and how much more; one number is both, as Keras's documentation says. */
  factor: rangeSchema(z.number().min(0).max(1), (value) => [value, value]),
  value_range: valueRangeSchema,
});

/** Keras `RandomContrast`: times a number in [1 - less, 1 + more], about the mean of each channel. */
export const randomContrast: LayerType<z.infer<typeof contrastConfig>> = {
  config: contrastConfig,
  build: ({ factor: [less, more], value_range: [least, most] }, inputs) => {
    const size = sizeOf(imageShape(inputs));
    return augmentation(inputs, { flops: 5 * size, kept: size }, (context, images) => {
      const factor = drawn(context, images, [1 - less, 1 + more]).expandDims(-1);
      const mean = images.mean([1, 2], true);
      return images.sub(mean).mul(factor).add(mean).clipByValue(least, most);
    });
  },
};
