// Regularizers as data.

import { z } from 'zod';
import { objectFamily } from '../objects/family.js';

const factor = z.number().min(0);

const family = objectFamily({
  noun: 'regularizer',
  module: 'keras.regularizers',
  nullIsDefault: true,
  types: {
    l1: { className: 'L1', settings: z.strictObject({ l1: factor.default(0.01) }) },
    l2: { className: 'L2', settings: z.strictObject({ l2: factor.default(0.01) }) },
    l1l2: {
      className: 'L1L2',
      // Keras 2's function of this name has other defaults than the class.
      aliases: { l1_l2: { l1: 0.01, l2: 0.01 } },
      settings: z.strictObject({ l1: factor.default(0), l2: factor.default(0) }),
    },
    orthogonal: {
      className: 'OrthogonalRegularizer',
      aliases: { orthogonal_regularizer: {}, orthogonalRegularizer: {} },
      settings: z.strictObject({
        factor: factor.default(0.01),
        mode: z.enum(['rows', 'columns']).default('rows'),
      }),
    },
  },
});

/** A term of the loss that is a function of a weight, or of a layer's output. */
export type Regularizer = Parameters<typeof family.config>[0];

/** Reads a name, or an object of Keras 3, Keras 2, TensorFlow.js or of ours. */
export const regularizerSchema: z.ZodType<Regularizer> = family.schema;

/** What Keras 3 writes. */
export const regularizerConfig = family.config;

/** Why a regularizer cannot be applied to a tensor of this shape; null when it can. */
export function regularizerProblem({ name }: Regularizer, shape: readonly number[]): string | null {
  if (name !== 'orthogonal') return null;
  if (shape.length !== 2)
    return `the orthogonal regularizer takes matrices, not a shape of rank ${shape.length}`;
  return null;
}
