import { z } from 'zod';
import { sizeOf, type LayerType } from './layer.js';
import { commonConfig, dataFormatSchema } from './schemas.js';

const config = z.strictObject({ ...commonConfig, data_format: dataFormatSchema });

/** Keras `Flatten`: all axes but the batch become one, the last axis fastest. */
export const flatten: LayerType<z.infer<typeof config>> = {
  config,
  build: (_, name, inputShape) => ({
    type: 'Flatten',
    name,
    inputShape,
    outputShape: [sizeOf(inputShape)],
    parameters: [],
  }),
};
