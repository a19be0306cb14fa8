import type { Tensor1D } from '@gradstream/engine';
import { z } from 'zod';
import { initializerSchema } from '../../initializers/index.js';
import { onlyInput, onlyTensor, sizeOf, type LayerType } from '../layer.js';
import { commonConfig } from '../schemas.js';
import { axesSchema, normalizedAxes, withLast } from './axes.js';
import { rmsNorm } from './rms.js';

const config = z.strictObject({
  ...commonConfig,
  axis: axesSchema,
  epsilon: z.number().min(0).default(1e-6),
});

const initializer = initializerSchema.parse('ones');

/** Keras `RMSNormalization`: x / √(mean(x²) + epsilon) · scale over some axes. */
export const rmsNormalization: LayerType<z.infer<typeof config>> = {
  config,
  build: ({ axis, epsilon }, inputs) => {
    const shape = onlyInput(inputs);
    const axes = normalizedAxes(axis, shape);
    const normalized = axes.map((one) => shape[one - 1] ?? 1);
    const size = sizeOf(normalized);
    return {
      outputs: [shape],
      weights: [{ name: 'scale', shape: normalized, role: 'scale', trainable: true, initializer }],
      flops: 5 * sizeOf(shape),
      kept: sizeOf(shape),
      call: ({ gs, weight }, tensors) =>
        withLast(onlyTensor(tensors), axes, (x) => {
          const scale = weight('scale').reshape<Tensor1D>([size]);
          return rmsNorm(gs, x.reshape([-1, size]), scale, epsilon).reshape(x.shape);
        }),
    };
  },
};
