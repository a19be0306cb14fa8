import type { Tensor4D } from '@gradstream/engine';
import { z } from 'zod';
import { onlyInput, onlyTensor, sizeOf, type LayerType } from '../layer.js';
import { commonConfig, dataFormatSchema, lengthsSchema, paddingSchema } from '../schemas.js';
import { spatialShape, windowLengths } from '../windows.js';

const config = z.strictObject({
  ...commonConfig,
  pool_size: lengthsSchema(2).prefault(2),
  strides: lengthsSchema(2).nullish(),
  padding: paddingSchema.default('valid'),
  data_format: dataFormatSchema,
});

/** Keras `MaxPooling2D`; strides default to the window. */
export const maxPooling2d: LayerType<z.infer<typeof config>> = {
  config,
  build: ({ pool_size: window, padding, ...settings }, inputs) => {
    const { lengths, channels } = spatialShape(onlyInput(inputs), 2);
    const strides = settings.strides ?? window;
    const output = [...windowLengths(lengths, { window, strides, padding }), channels];
    return {
      outputs: [output],
      weights: [],
      flops: sizeOf(output) * sizeOf(window),
      call: ({ gs }, tensors) =>
        gs.ops.maxPool2d(onlyTensor(tensors) as Tensor4D, window as [number, number], {
          strides: strides as [number, number],
          padding,
        }),
    };
  },
};
