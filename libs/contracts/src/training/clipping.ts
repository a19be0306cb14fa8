// Settings of gradient clipping: exactly one way.

import { z } from 'zod';
import { weightPatternSchema } from './optimizers.js';

const limit = z.number().positive().max(1e30);

export const clippingSchema = z.union([
  z.strictObject({ globalNorm: limit.describe('Largest L2 norm of all gradients together') }),
  z.strictObject({ norm: limit.describe('Largest L2 norm of each gradient') }),
  z.strictObject({ value: limit.describe('Largest absolute value of an element') }),
  z.strictObject({
    adaptive: z.strictObject({
      clipping: limit.default(0.01).describe('Largest ratio of the norm of a gradient to that of its weight'),
      epsilon: limit.default(1e-3).describe('Smallest norm of a weight that counts'),
      exclude: z
        .array(weightPatternSchema)
        .max(100)
        .default([])
        .describe('Weights that are not clipped; the paper excludes the last layer'),
    }),
  }),
]);
export type ClippingSettings = z.infer<typeof clippingSchema>;
