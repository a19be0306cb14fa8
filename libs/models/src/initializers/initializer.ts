// Initializers as data: what they are called, their settings and which shapes they fit.

import { z } from 'zod';
import { objectFamily } from '../objects/family.js';

/** Keras's own seed. Kept for writing it back; the run's seed decides what is drawn. */
const seed = z
  .union(
    [
      z.int(),
      z.strictObject({
        module: z.string().optional(),
        class_name: z.literal('SeedGenerator'),
        config: z.strictObject({ seed: z.int().nullish(), name: z.string().optional() }),
        registered_name: z.null().optional(),
      }),
    ],
    { error: 'must be a whole number, a SeedGenerator, or null' },
  )
  .optional();

const axes = z.array(z.int()).optional();
const scaled = z.strictObject({ seed, inputAxes: axes, outputAxes: axes });
const normal = z.strictObject({ seed, mean: z.number().default(0), stddev: z.number().min(0).default(0.05) });
const gain = z.number().default(1);

/** Keras 2 and TensorFlow.js say `normal` for `truncated_normal`. */
const distribution = z.preprocess(
  (given) => (given === 'normal' ? 'truncated_normal' : given),
  z.enum(['truncated_normal', 'untruncated_normal', 'uniform']),
);

const family = objectFamily({
  noun: 'initializer',
  module: 'keras.initializers',
  nullIsDefault: true,
  refused: {
    STFT: 'is not supported: STFT makes the fixed kernel of a spectrogram, compute that before the training',
    stft: 'is not supported: STFT makes the fixed kernel of a spectrogram, compute that before the training',
  },
  types: {
    zeros: { className: 'Zeros', aliases: { zero: {} }, settings: z.strictObject({}) },
    ones: { className: 'Ones', aliases: { one: {} }, settings: z.strictObject({}) },
    constant: { className: 'Constant', settings: z.strictObject({ value: z.number().default(0) }) },
    identity: {
      className: 'Identity',
      aliases: { IdentityInitializer: {} },
      settings: z.strictObject({ gain }),
    },
    randomNormal: { className: 'RandomNormal', aliases: { normal: {} }, settings: normal },
    truncatedNormal: { className: 'TruncatedNormal', settings: normal },
    randomUniform: {
      className: 'RandomUniform',
      aliases: { uniform: {} },
      settings: z
        .strictObject({ seed, minval: z.number().default(-0.05), maxval: z.number().default(0.05) })
        .refine(({ minval, maxval }) => minval <= maxval, {
          error: 'minval is above maxval',
          path: ['minval'],
        }),
    },
    varianceScaling: {
      className: 'VarianceScaling',
      settings: z.strictObject({
        seed,
        scale: z.number().positive().default(1),
        mode: z.enum(['fan_in', 'fan_out', 'fan_avg']).default('fan_in'),
        distribution: distribution.default('truncated_normal'),
        inputAxes: axes,
        outputAxes: axes,
      }),
    },
    glorotUniform: { className: 'GlorotUniform', settings: scaled },
    glorotNormal: { className: 'GlorotNormal', settings: scaled },
    heUniform: { className: 'HeUniform', settings: scaled },
    heNormal: { className: 'HeNormal', settings: scaled },
    lecunUniform: {
      className: 'LecunUniform',
      aliases: { leCunUniform: {}, LeCunUniform: {} },
      settings: scaled,
    },
    lecunNormal: {
      className: 'LecunNormal',
      aliases: { leCunNormal: {}, LeCunNormal: {} },
      settings: scaled,
    },
    orthogonal: {
      className: 'Orthogonal',
      aliases: { OrthogonalInitializer: {} },
      settings: z.strictObject({ seed, gain }),
    },
  },
});

/** Initial values of a weight. */
export type Initializer = Parameters<typeof family.config>[0];

/** Reads a name, or an object of Keras 3, Keras 2, TensorFlow.js or of ours. */
export const initializerSchema: z.ZodType<Initializer> = family.schema;

/** What Keras 3 writes. */
export const initializerConfig = family.config;

/** Why an initializer cannot fill a shape; null when it can. */
export function initializerProblem(initializer: Initializer, shape: readonly number[]): string | null {
  const { name } = initializer;
  if (name === 'identity' && shape.length !== 2)
    return `identity fills matrices, not a shape of rank ${shape.length}`;
  if (name === 'orthogonal' && shape.length < 2)
    return `orthogonal needs two axes, the shape has ${shape.length}`;
  if (!('inputAxes' in initializer)) return null;
  const beyond = [...(initializer.inputAxes ?? []), ...(initializer.outputAxes ?? [])].find(
    (axis) => axis < -shape.length || axis >= shape.length,
  );
  return beyond === undefined ? null : `axis ${beyond} is not among the ${shape.length} axes of the shape`;
}
