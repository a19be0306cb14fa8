// What is done to columns before a network sees them: the plan, and what fitting it on the training rows gave.

import { z } from 'zod';
import { storable } from '../common/text.js';
import { featureTypeSchema } from './columns.js';

const columnName = z.string().min(1).check(storable);
const scaleSchema = z.enum(['none', 'minmax', 'standardize']).default('none');

const constant = <T extends z.ZodType>(value: T) => z.strictObject({ constant: value });
/** What becomes of a missing number: the row is refused or dropped, or a number stands in. */
const missingNumberSchema = z
  .union([z.enum(['refuse', 'drop', 'mean', 'median', 'mostFrequent']), constant(z.number())])
  .default('refuse');
const missingCategorySchema = z
  .union([z.enum(['refuse', 'drop', 'mostFrequent']), constant(z.string().max(1000).check(storable))])
  .default('refuse');
const missingTextSchema = z
  .union([z.enum(['refuse', 'drop']), constant(z.string().max(10_000).check(storable))])
  .default('refuse');

const categoriesFrom = z
  .enum(['training', 'all'])
  .default('training')
  .describe('Rows whose values are the categories; all of them for the classes of a target');

/** How texts are parted into tokens, unless said otherwise. */
export const tokenDefaults = {
  lowercase: true,
  split: 'word',
  padding: 'post',
  vocabularySize: 10_000,
} as const;
/** What becomes of pixels, unless said otherwise: numbers from 0 to 1. */
export const imageDefaults = { offset: 0, factor: 1 / 255 } as const;

/** How texts are parted into tokens. */
export const tokenSettings = {
  lowercase: z.boolean().default(tokenDefaults.lowercase),
  split: z
    .enum(['whitespace', 'word'])
    .default(tokenDefaults.split)
    .describe('word also parts words from punctuation'),
  maxLength: z.int().min(1).max(65_536).describe('Tokens of a text; more are cut off at its end'),
  padding: z.enum(['pre', 'post']).default(tokenDefaults.padding),
};

/** One column and how it is encoded. */
export const featurePlanSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('numeric'),
    column: columnName,
    scale: scaleSchema,
    missing: missingNumberSchema,
  }),
  z.strictObject({
    kind: z.literal('oneHot'),
    column: columnName,
    missing: missingCategorySchema,
    unknown: z
      .enum(['zeros', 'refuse'])
      .default('zeros')
      .describe('What becomes of a category that was not fitted'),
    categories: categoriesFrom,
  }),
  z.strictObject({
    kind: z.literal('label'),
    column: columnName,
    missing: missingCategorySchema,
    categories: categoriesFrom,
  }),
  z.strictObject({
    kind: z.literal('tokens'),
    column: columnName,
    missing: missingTextSchema,
    ...tokenSettings,
    vocabularySize: z
      .int()
      .min(3)
      .max(1_000_000)
      .default(tokenDefaults.vocabularySize)
      .describe('Ids at most, padding (0) and unknown (1) included'),
  }),
  z.strictObject({
    kind: z.literal('image'),
    column: columnName,
    height: z.int().min(1).max(4096).optional().describe('As stored, unless said otherwise'),
    width: z.int().min(1).max(4096).optional(),
    offset: z.number().default(imageDefaults.offset),
    factor: z.number().default(imageDefaults.factor).describe('A pixel x becomes (x - offset) · factor'),
  }),
  z.strictObject({ kind: z.literal('array'), column: columnName, scale: scaleSchema }),
]);
export type FeaturePlan = z.infer<typeof featurePlanSchema>;

/** Inputs of a network in their order; several columns of one input are joined to one vector. */
export const preprocessingPlanSchema = z.strictObject({
  inputs: z
    .array(z.strictObject({ features: z.array(featurePlanSchema).min(1).max(10_000) }))
    .min(1)
    .max(64),
  targets: z
    .array(z.array(featurePlanSchema).min(1).max(10_000))
    .default([])
    .describe('Of each output, in their order; several columns are joined to one vector'),
});
export type PreprocessingPlan = z.infer<typeof preprocessingPlanSchema>;

const source = { column: columnName, type: featureTypeSchema };
const dropped = z
  .boolean()
  .describe('Whether a row without a value is left out of training instead of refused');
/** What becomes of a missing value, of which `value` is the type. */
const filling = <T extends z.ZodType>(value: T) => ({
  fill: value
    .nullable()
    .describe(
      'What stands in for a missing value; null where its row is refused or dropped, or nothing is missing',
    ),
  dropped,
});
const affine = { offset: z.number(), factor: z.number().describe('x becomes (x - offset) · factor') };
const categories = z.array(z.string()).describe('In the order of their indexes');

export const fittedFeatureSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('numeric'), ...source, ...filling(z.number()), ...affine }),
  z.strictObject({
    kind: z.literal('oneHot'),
    ...source,
    ...filling(z.string()),
    unknown: z.enum(['zeros', 'refuse']),
    categories,
  }),
  z.strictObject({ kind: z.literal('label'), ...source, ...filling(z.string()), categories }),
  z.strictObject({
    kind: z.literal('tokens'),
    ...source,
    ...filling(z.string()),
    ...tokenSettings,
    vocabulary: z.array(z.string()).describe('The word of id 2, of id 3, …; 0 pads, 1 is any other word'),
  }),
  z.strictObject({
    kind: z.literal('image'),
    ...source,
    stored: z.tuple([z.int(), z.int(), z.int()]).describe('Height, width and channels in the dataset'),
    height: z.int(),
    width: z.int(),
    ...affine,
  }),
  z.strictObject({
    kind: z.literal('array'),
    ...source,
    shape: z.array(z.int()),
    offset: z.array(z.number()).describe('Of each element'),
    factor: z.array(z.number()),
  }),
]);
export type FittedFeature = z.infer<typeof fittedFeatureSchema>;

const fittedTensorSchema = z.strictObject({
  dtype: z.enum(['float32', 'int32']),
  shape: z.array(z.int()).describe('Of one row'),
  features: z.array(fittedFeatureSchema).min(1),
});
export type FittedTensor = z.infer<typeof fittedTensorSchema>;

/** Everything that turns a row into what the network was trained on; stored with the run. */
export const preprocessingSchema = z.strictObject({
  version: z.literal(1),
  inputs: z.array(fittedTensorSchema).min(1),
  targets: z.array(fittedTensorSchema).describe('Of each output, in their order'),
});
export type Preprocessing = z.infer<typeof preprocessingSchema>;
