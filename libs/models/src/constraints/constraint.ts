// Constraints as data.

import { z } from 'zod';
import { objectFamily } from '../objects/family.js';

/** The axes that a norm is taken over; null is all of them. */
const axis = z
  .union([z.int(), z.array(z.int()).min(1), z.null()], {
    error: 'must be a whole number, a list of such, or null',
  })
  .default(0);
const norm = z.number().min(0);

const family = objectFamily({
  noun: 'constraint',
  module: 'keras.constraints',
  nullIsDefault: false, // A null axis means all axes.
  types: {
    maxNorm: { className: 'MaxNorm', settings: z.strictObject({ maxValue: norm.default(2), axis }) },
    nonNeg: { className: 'NonNeg', settings: z.strictObject({}) },
    unitNorm: { className: 'UnitNorm', settings: z.strictObject({ axis }) },
    minMaxNorm: {
      className: 'MinMaxNorm',
      settings: z
        .strictObject({
          minValue: norm.default(0),
          maxValue: norm.default(1),
          rate: z.number().min(0).max(1).default(1),
          axis,
        })
        .refine(({ minValue, maxValue }) => minValue <= maxValue, {
          error: 'the least norm is above the largest',
          path: ['minValue'],
        }),
    },
  },
});

/** What the value of a weight is changed to after each update. */
export type Constraint = Parameters<typeof family.config>[0];

/** Reads a name, or an object of Keras 3, Keras 2, TensorFlow.js or of ours. */
export const constraintSchema: z.ZodType<Constraint> = family.schema;

/** What Keras 3 writes. */
export const constraintConfig = family.config;

/** Why a constraint cannot be applied to a weight of this shape; null when it can. */
export function constraintProblem(constraint: Constraint, shape: readonly number[]): string | null {
  if (!('axis' in constraint) || constraint.axis === null) return null;
  const axes = [constraint.axis].flat();
  const beyond = axes.find((number) => number < -shape.length || number >= shape.length);
  if (beyond !== undefined) return `axis ${beyond} is not among the ${shape.length} axes of the weight`;
  const distinct = new Set(axes.map((number) => (number + shape.length) % shape.length));
  return distinct.size === axes.length ? null : 'an axis is named twice';
}
