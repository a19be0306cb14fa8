import { z } from 'zod';
import { onlyInput, onlyTensor, sizeOf, type LayerType } from '../layer.js';
import { commonConfig } from '../schemas.js';
import { axesSchema, normalizedAxes, withLast } from './axes.js';
import { affineConfig, affineOf, affineWeights } from './affine.js';

const config = z.strictObject({
  ...commonConfig,
  ...affineConfig,
  axis: axesSchema,
  rms_scaling: z
    .literal(false, {
      error: 'it divides by the deviation, not by the root mean square: use RMSNormalization',
    })
    .default(false),
});

/** Keras `LayerNormalization`: each sample by its own mean and variance over some axes, then scaled and shifted. */
export const layerNormalization: LayerType<z.infer<typeof config>> = {
  config,
  build: (settings, inputs) => {
    const shape = onlyInput(inputs);
    const axes = normalizedAxes(settings.axis, shape);
    const normalized = axes.map((axis) => shape[axis - 1] ?? 1);
    const size = sizeOf(normalized);
    return {
      outputs: [shape],
      weights: affineWeights(settings, normalized),
      flops: 8 * sizeOf(shape),
      kept: sizeOf(shape),
      mask: 'pass',
      call: (context, tensors) => {
        const { gamma, beta } = affineOf(context, settings, normalized);
        return withLast(onlyTensor(tensors), axes, (x) => {
          const rows = axes.length === 1 ? x : x.reshape([-1, size]);
          const output = context.gs.ops.layerNorm(rows, gamma, beta, settings.epsilon);
          return axes.length === 1 ? output : output.reshape(x.shape);
        });
      },
    };
  },
};
