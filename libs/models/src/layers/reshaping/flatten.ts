import { z } from 'zod';
import { onlyInput, onlyTensor, sizeOf, type LayerType } from '../layer.js';
import { commonConfig, dataFormatSchema } from '../schemas.js';

const config = z.strictObject({ ...commonConfig, data_format: dataFormatSchema });

/** Keras `Flatten`: all axes but the batch become one, the last axis fastest. */
export const flatten: LayerType<z.infer<typeof config>> = {
  config,
  build: (_, inputs) => {
    const size = sizeOf(onlyInput(inputs));
    return {
      outputs: [[size]],
      weights: [],
      flops: 0,
      call: (_context, tensors) => onlyTensor(tensors).reshape([-1, size]),
    };
  },
};
