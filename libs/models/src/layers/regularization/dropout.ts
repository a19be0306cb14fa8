import type { Tensor } from '@gradstream/engine';
import { z } from 'zod';
import {
  onlyInput,
  onlyTensor,
  SettingError,
  ShapeError,
  showShape,
  sizeOf,
  type LayerContext,
  type LayerPlan,
  type LayerType,
  type Shape,
} from '../layer.js';
import { commonConfig, seedSchema } from '../schemas.js';

export const dropConfig = { ...commonConfig, rate: z.number().min(0).lt(1), seed: seedSchema };

/** A layer that changes values in training only. */
export const whileTraining = (
  shape: Shape,
  call: (context: LayerContext, x: Tensor) => Tensor,
): LayerPlan => ({
  outputs: [shape],
  weights: [],
  flops: sizeOf(shape),
  kept: sizeOf(shape),
  mask: 'pass',
  call: (context, tensors) => (context.training ? call(context, onlyTensor(tensors)) : onlyTensor(tensors)),
});

/** Drops whole slices: the mask has the length 1 along some axes. */
function dropSlices({ gs, seed }: LayerContext, x: Tensor, rate: number, noise: readonly number[]): Tensor {
  const mask = gs.ops.dropout(gs.tf.fill([x.shape[0], ...noise], 1), rate, seed());
  return x.mul(mask);
}

const config = z.strictObject({
  ...dropConfig,
  noise_shape: z.array(z.int().positive().nullable()).nullish(),
});

/** The mask's shape without the batch; throws where it does not fit. */
function noiseOf(given: readonly (number | null)[], shape: Shape): number[] {
  const [batch, ...rest] = given;
  if (batch !== null)
    throw new SettingError(['noise_shape', 0], 'each sample has a mask of its own', 'Begin with null');
  const noise = shape.map((length, axis) => rest[axis] ?? length);
  if (rest.length === shape.length && noise.every((length, axis) => length === 1 || length === shape[axis]))
    return noise;
  const message = `does not fit the shape ${showShape(shape)}: each length is 1, that of the axis, or null`;
  throw new SettingError(['noise_shape'], message, 'Leave it out to drop each value by itself');
}

/** Keras `Dropout`: in training, zeros a share `rate` of the values and scales the rest by 1 / (1 - rate). */
export const dropout: LayerType<z.infer<typeof config>> = {
  config,
  build: ({ rate, noise_shape: given }, inputs) => {
    const shape = onlyInput(inputs);
    const noise = given ? noiseOf(given, shape) : null;
    return whileTraining(shape, (context, x) =>
      noise ? dropSlices(context, x, rate, noise) : context.gs.ops.dropout(x, rate, context.seed()),
    );
  },
};

const spatialConfig = z.strictObject({
  ...dropConfig,
  data_format: z.literal('channels_last', { error: 'only channels_last' }).nullish(),
});

/** Keras `SpatialDropout1D` to `3D` (Tompson et al., CVPR 2015): drops whole channels. */
export const spatialDropout = (rank: 1 | 2 | 3): LayerType<z.infer<typeof spatialConfig>> => ({
  config: spatialConfig,
  build: ({ rate }, inputs) => {
    const shape = onlyInput(inputs);
    if (shape.length !== rank + 1) {
      const message = `takes ${rank} axes and channels a sample, it is given the shape ${showShape(shape)}`;
      throw new ShapeError(message, 'Use the SpatialDropout of that rank');
    }
    const noise = [...shape.slice(0, -1).map(() => 1), shape.at(-1) ?? 1];
    return whileTraining(shape, (context, x) => dropSlices(context, x, rate, noise));
  },
});
