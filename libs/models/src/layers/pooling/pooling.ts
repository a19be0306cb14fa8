import { z } from 'zod';
import { onlyInput, onlyTensor, sizeOf, type LayerType } from '../layer.js';
import { commonConfig, dataFormatSchema, lengthsSchema, paddingSchema } from '../schemas.js';
import { spatialShape, windowLengths } from '../windows.js';

const configOf = (rank: 1 | 2 | 3) =>
  z.strictObject({
    ...commonConfig,
    pool_size: lengthsSchema(rank).prefault(2),
    strides: lengthsSchema(rank).nullish(),
    padding: paddingSchema.default('valid'),
    data_format: dataFormatSchema,
  });

/** Keras `MaxPooling1D` to `3D` and `AveragePooling1D` to `3D`; strides default to the window. */
export const pooling = (
  kind: 'max' | 'average',
  rank: 1 | 2 | 3,
): LayerType<z.infer<ReturnType<typeof configOf>>> => ({
  config: configOf(rank),
  build: ({ pool_size: window, padding, ...settings }, inputs) => {
    const { lengths, channels } = spatialShape(onlyInput(inputs), rank);
    const strides = settings.strides ?? window;
    const output = [...windowLengths(lengths, { window, strides, padding }), channels];
    return {
      outputs: [output],
      weights: [],
      flops: sizeOf(output) * sizeOf(window),
      call: ({ gs: { ops } }, tensors) => {
        const pool = kind === 'max' ? ops.maxPool : ops.averagePool;
        return pool(onlyTensor(tensors), window, { strides, padding });
      },
    };
  },
});
