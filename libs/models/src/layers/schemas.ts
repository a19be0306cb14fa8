// The parts of Keras's layer configs that layers share. A setting that changes the result and is not carried out
// is refused; one that changes nothing (such as a null regularizer) is accepted.

import { z } from 'zod';
import { activations, type Initializer } from './layer.js';

/** A setting that must be left at null. */
const absent = (what: string) => z.null({ error: `${what} is not supported yet: leave it out` }).optional();

/** What Keras writes about every object, besides its class and config. */
export const kerasObject = {
  module: z.string().optional(),
  registered_name: z.string().nullish(),
  /** Follows from the rest, such as the shapes that a layer was built with. */
  build_config: z.unknown().optional(),
  shared_object_id: z.int().optional(),
};

/** Keras's serialized form of an object, or the bare name. */
const serialized = <T extends z.ZodRawShape>(names: readonly string[], config: T) =>
  z.union([
    z.enum(names as [string, ...string[]]),
    z.strictObject({
      ...kerasObject,
      class_name: z.enum(names as [string, ...string[]]),
      config: z.strictObject(config),
    }),
  ]);

const seed = z.int().nullable().optional();

const plain = (
  names: readonly string[],
  name: 'zeros' | 'ones' | 'glorotUniform' | 'glorotNormal' | 'heUniform' | 'heNormal',
) => serialized(names, { seed }).transform((): Initializer => ({ name }));

const randomNormal = serialized(['RandomNormal', 'random_normal'], {
  mean: z.number().default(0),
  stddev: z.number().positive().default(0.05),
  seed,
}).transform((value): Initializer => ({
  name: 'randomNormal',
  ...(typeof value === 'string'
    ? { mean: 0, stddev: 0.05 }
    : { mean: value.config.mean, stddev: value.config.stddev }),
}));

const randomUniform = serialized(['RandomUniform', 'random_uniform'], {
  minval: z.number().default(-0.05),
  maxval: z.number().default(0.05),
  seed,
}).transform((value): Initializer => ({
  name: 'randomUniform',
  ...(typeof value === 'string'
    ? { minval: -0.05, maxval: 0.05 }
    : { minval: value.config.minval, maxval: value.config.maxval }),
}));

/** An initializer of the registry; seeds come from the run, so Keras's own is not used. */
export const initializerSchema = z.union(
  [
    plain(['Zeros', 'zeros'], 'zeros'),
    plain(['Ones', 'ones'], 'ones'),
    plain(['GlorotUniform', 'glorot_uniform'], 'glorotUniform'),
    plain(['GlorotNormal', 'glorot_normal'], 'glorotNormal'),
    plain(['HeUniform', 'he_uniform'], 'heUniform'),
    plain(['HeNormal', 'he_normal'], 'heNormal'),
    randomNormal,
    randomUniform,
  ],
  {
    error:
      'is no known initializer: Zeros, Ones, GlorotUniform, GlorotNormal, HeUniform, HeNormal, RandomNormal, RandomUniform',
  },
);

export const activationSchema = z.enum(activations, {
  error: `is no known activation: ${activations.join(', ')}`,
});

/** float32, as a name or as Keras's policy object; mixed precision is a setting of the run. */
const dtypeSchema = z
  .union(
    [
      z.literal('float32'),
      z.strictObject({
        ...kerasObject,
        class_name: z.literal('DTypePolicy'),
        config: z.strictObject({ name: z.literal('float32') }),
      }),
    ],
    {
      error: 'only float32: mixed precision is set by the run ("precision")',
    },
  )
  .optional();

/** What every layer's config may hold. */
export const commonConfig = {
  name: z.string().optional(),
  trainable: z
    .literal(true, { error: 'frozen layers are not supported yet: leave trainable at true' })
    .optional(),
  dtype: dtypeSchema,
};

/** What layers with a kernel may hold besides. */
export const kernelConfig = {
  use_bias: z.boolean().default(true),
  activation: activationSchema.default('linear'),
  kernel_initializer: initializerSchema.prefault('glorot_uniform'),
  bias_initializer: initializerSchema.prefault('zeros'),
  kernel_regularizer: absent('a regularizer'),
  bias_regularizer: absent('a regularizer'),
  activity_regularizer: absent('a regularizer'),
  kernel_constraint: absent('a constraint'),
  bias_constraint: absent('a constraint'),
};

/** A pair, from one number or two. */
export const pairSchema = z
  .union([z.int().positive(), z.tuple([z.int().positive(), z.int().positive()])], {
    error: 'must be a positive integer, or two',
  })
  .transform((value): readonly [number, number] => (typeof value === 'number' ? [value, value] : value));

export const paddingSchema = z.enum(['valid', 'same']);
export const dataFormatSchema = z
  .literal('channels_last', { error: 'only channels_last' })
  .nullable()
  .optional();
