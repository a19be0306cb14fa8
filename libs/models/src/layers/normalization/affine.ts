// The scale and offset that follow a normalization.

import type { Tensor1D } from '@gradstream/engine';
import { z } from 'zod';
import { initializerSchema } from '../../initializers/index.js';
import { sizeOf, type LayerContext, type Shape, type WeightSpec } from '../layer.js';
import { constraint, regularizer } from '../schemas.js';

const schema = z.object({
  epsilon: z.number().min(0).default(1e-3),
  center: z.boolean().default(true),
  scale: z.boolean().default(true),
  beta_initializer: initializerSchema.prefault('zeros'),
  gamma_initializer: initializerSchema.prefault('ones'),
  beta_regularizer: regularizer,
  gamma_regularizer: regularizer,
  beta_constraint: constraint,
  gamma_constraint: constraint,
});
/** Keras's settings. */
export const affineConfig = schema.shape;
export type AffineSettings = z.infer<typeof schema>;

/** gamma and beta, as far as the settings want them. */
export function affineWeights(settings: AffineSettings, shape: Shape): WeightSpec[] {
  const gamma: WeightSpec = {
    name: 'gamma',
    shape,
    role: 'scale',
    trainable: true,
    initializer: settings.gamma_initializer,
    regularizer: settings.gamma_regularizer ?? null,
    constraint: settings.gamma_constraint ?? null,
  };
  const beta: WeightSpec = {
    name: 'beta',
    shape,
    role: 'bias',
    trainable: true,
    initializer: settings.beta_initializer,
    regularizer: settings.beta_regularizer ?? null,
    constraint: settings.beta_constraint ?? null,
  };
  return [...(settings.scale ? [gamma] : []), ...(settings.center ? [beta] : [])];
}

/** Their values as vectors; ones and zeros in the place of those that are not wanted. */
export function affineOf({ gs, weight }: LayerContext, settings: AffineSettings, shape: Shape) {
  const { tf } = gs;
  const size = sizeOf(shape);
  const vector = (name: string, wanted: boolean, fill: number): Tensor1D => {
    if (!wanted) return tf.fill([size], fill);
    const value = weight(name);
    return value.rank === 1 ? (value as Tensor1D) : value.reshape<Tensor1D>([size]);
  };
  return { gamma: vector('gamma', settings.scale, 1), beta: vector('beta', settings.center, 0) };
}
