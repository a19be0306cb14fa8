import { z } from 'zod';
import { onlyInput, onlyTensor, sizeOf, type LayerType } from '../layer.js';
import { commonConfig } from '../schemas.js';
import { axesSchema, normalizedAxes } from './axes.js';

const config = z.strictObject({ ...commonConfig, axis: axesSchema });

/** The square of Keras's least norm, 1e-12. */
const LEAST = 1e-24;

/** Keras `UnitNormalization`: x over its L2 norm along some axes. */
export const unitNormalization: LayerType<z.infer<typeof config>> = {
  config,
  build: ({ axis }, inputs) => {
    const shape = onlyInput(inputs);
    const axes = normalizedAxes(axis, shape);
    return {
      outputs: [shape],
      weights: [],
      flops: 3 * sizeOf(shape),
      mask: 'pass',
      call: (_, tensors) => {
        const x = onlyTensor(tensors);
        return x.mul(x.square().sum(axes, true).maximum(LEAST).rsqrt());
      },
    };
  },
};
