import { z } from 'zod';
import type { LayerType } from './layer.js';
import { commonConfig, dataFormatSchema, paddingSchema, pairSchema } from './schemas.js';
import { imageShape, windowLength } from './windows.js';

const config = z.strictObject({
  ...commonConfig,
  pool_size: pairSchema.prefault(2),
  strides: pairSchema.nullable().optional(),
  padding: paddingSchema.default('valid'),
  data_format: dataFormatSchema,
});

/** Keras `MaxPooling2D`; strides default to the window. */
export const maxPooling2d: LayerType<z.infer<typeof config>> = {
  config,
  build: (settings, name, inputShape) => {
    const [height, width, channels] = imageShape(inputShape);
    const { pool_size: poolSize, padding } = settings;
    const strides = settings.strides ?? poolSize;
    const outputShape = [
      windowLength(height, poolSize[0], strides[0], padding),
      windowLength(width, poolSize[1], strides[1], padding),
      channels,
    ];
    return {
      type: 'MaxPooling2D',
      name,
      inputShape,
      outputShape,
      poolSize,
      strides,
      padding,
      parameters: [],
    };
  },
};
