import { z } from 'zod';
import {
  onlyInput,
  onlyTensor,
  ShapeError,
  showShape,
  sizeOf,
  type LayerType,
  type Shape,
} from '../layer.js';
import { commonConfig, lengthSchema } from '../schemas.js';

const config = z.strictObject({
  ...commonConfig,
  target_shape: z
    .array(z.union([lengthSchema, z.literal(-1)]))
    .refine((shape) => shape.filter((length) => length === -1).length <= 1, 'has more than one -1'),
});

/** The target with its -1, if any, worked out. */
function resolve(target: readonly number[], shape: Shape): number[] {
  const size = sizeOf(shape);
  const known = sizeOf(target.filter((length) => length !== -1));
  const open = target.includes(-1);
  if (open ? size % known === 0 : size === known)
    return target.map((length) => (length === -1 ? size / known : length));
  const message = `cannot make ${showShape(target)} of the shape ${showShape(shape)}, which has ${size} values`;
  throw new ShapeError(message, 'Both need the same number of values');
}

/** Keras `Reshape`: the same values in another shape, the last axis fastest. */
export const reshape: LayerType<z.infer<typeof config>> = {
  config,
  build: ({ target_shape: target }, inputs) => {
    const output = resolve(target, onlyInput(inputs));
    return {
      outputs: [output],
      weights: [],
      flops: 0,
      call: (_, tensors) => onlyTensor(tensors).reshape([-1, ...output]),
    };
  },
};
