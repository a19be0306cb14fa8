// The parts of Keras's layer configs that layers share. A setting that changes the result and is not carried out
// is refused; one that changes nothing is accepted.

import { z } from 'zod';
import { activationSchema } from '../activations/index.js';
import { constraintSchema } from '../constraints/index.js';
import { initializerSchema } from '../initializers/index.js';
import { toJsonSchema } from '../objects/jsonSchema.js';
import { findTooWide } from '../objects/wide.js';
import { regularizerSchema } from '../regularizers/index.js';

/** What Keras writes about every object, besides its class and config. */
export const kerasObject = {
  module: z.string().nullish(),
  registered_name: z.string().nullish(),
  /** Follows from the rest, such as the shapes that a layer was built with. */
  build_config: z.unknown().optional(),
  shared_object_id: z.int().optional(),
};

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
    { error: 'only float32: mixed precision is set by the run ("precision")' },
  )
  .nullish();

export const kerasName = z.string().optional();

/** What every layer's config may hold. */
export const commonConfig = {
  name: kerasName,
  trainable: z.boolean().default(true),
  dtype: dtypeSchema,
};

/** Keras's seed of a layer: accepted, for the run's seed is used in its place. */
export const seedSchema = z.union([z.int(), z.record(z.string(), z.unknown())]).nullish();

export const regularizer = regularizerSchema.nullish();
export const constraint = constraintSchema.nullish();

/** What layers with a kernel may hold besides. */
export const kernelConfig = {
  use_bias: z.boolean().default(true),
  activation: activationSchema.prefault('linear'),
  kernel_initializer: initializerSchema.prefault('glorot_uniform'),
  bias_initializer: initializerSchema.prefault('zeros'),
  kernel_regularizer: regularizer,
  bias_regularizer: regularizer,
  activity_regularizer: regularizer,
  kernel_constraint: constraint,
  bias_constraint: constraint,
};

/** A length such as a number of units. */
export const lengthSchema = z.int().positive();

/**
 * Settings of one number or as many as the rank, as a list. What is wrong ends the reading of the layer, so that checks
 * of settings against each other are given lists only.
 */
export function perAxis(rank: 1 | 2 | 3, each: z.ZodType<number>, noun: string) {
  const count = rank === 1 ? 'one of them in a list' : `a list of ${rank}`;
  const either = z.union([each, z.array(each).length(rank)]);
  const reading = z.unknown().transform((given, context): readonly number[] => {
    const { success, data } = either.safeParse(given);
    if (success) return typeof data === 'number' ? Array.from({ length: rank }, () => data) : data;
    context.issues.push({ code: 'custom', message: `must be ${noun}, or ${count}`, input: given });
    return z.NEVER;
  });
  return reading.meta({ ...toJsonSchema(either) });
}

/** `rank` positive integers, from one number or as many as the rank. */
export const lengthsSchema = (rank: 1 | 2 | 3) => perAxis(rank, lengthSchema, 'a positive integer');

export const paddingSchema = z.enum(['valid', 'same']);
export const dataFormatSchema = z.literal('channels_last', { error: 'only channels_last' }).nullish();

/** Most entries of a list or an object among settings; mean and variance of Normalization may have more. */
const WIDEST = 1000;

/** Settings that may be lists of numbers as long as a sample: those of Normalization. */
export const LONG_SETTINGS: ReadonlySet<string> = new Set(['mean', 'variance']);

/** The issue of a list among settings that is too long, for a schema would list one for each entry. */
export function tooWide(given: unknown): z.core.$ZodIssue | null {
  const wide = findTooWide(given, WIDEST, LONG_SETTINGS);
  if (!wide) return null;
  const params = { code: 'tooLarge', hint: 'Leave some out' };
  const message = `has ${wide.entries} entries, the limit is ${WIDEST}`;
  return { code: 'custom', path: [...wide.path], message, params, input: given };
}
