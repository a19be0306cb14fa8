// Losses and their options, with the defaults of Keras 3: a name, or an object of a name and options.

import { z } from 'zod';

const shared = {
  reduction: z
    .enum(['sumOverBatchSize', 'sum', 'mean', 'meanWithSampleWeight', 'none'])
    .default('sumOverBatchSize')
    .describe('How the values of the samples become one; none: their sum is trained on'),
};
const MAX_RANK = 8;
const dimension = z
  .int()
  .min(-MAX_RANK)
  .max(MAX_RANK - 1);
const axis = dimension.default(-1);
const axes = z
  .union([dimension, z.array(dimension).min(1).max(MAX_RANK)])
  .nullable()
  .default(null)
  .describe('Dimensions that are added up, the batch being 0; null: all of them, the batch too');
const fromLogits = z.boolean().default(false).describe('Outputs are what stands before sigmoid or softmax');
const labelSmoothing = z.number().min(0).max(1).default(0);
const fraction = (initial: number) => z.number().min(0).max(1).default(initial);
const gamma = z.number().min(0).max(1000).default(2);

const logitOptions = { fromLogits, labelSmoothing, axis };

/** The schema of one loss. */
const loss = <Name extends string, Options extends z.ZodRawShape>(name: Name, options: Options) =>
  z.strictObject({ name: z.literal(name), ...options, ...shared });

const lossObjectSchema = z.discriminatedUnion('name', [
  loss('binaryCrossentropy', logitOptions),
  loss('categoricalCrossentropy', logitOptions),
  loss('sparseCategoricalCrossentropy', {
    fromLogits,
    ignoreClass: z.int().nullable().default(null).describe('A label whose positions do not count'),
    axis,
  }),
  loss('binaryFocalCrossentropy', {
    applyClassBalancing: z.boolean().default(false),
    alpha: fraction(0.25),
    gamma,
    ...logitOptions,
  }),
  loss('categoricalFocalCrossentropy', {
    alpha: z
      .union([z.number().min(0), z.array(z.number().min(0)).min(1).max(64)])
      .default(0.25)
      .describe('One factor for all classes, or one for each'),
    gamma,
    ...logitOptions,
  }),
  loss('categoricalGeneralizedCrossEntropy', { q: z.number().gt(0).lt(1).default(0.5) }),
  loss('categoricalHinge', {}),
  loss('hinge', {}),
  loss('squaredHinge', {}),
  loss('circle', {
    gamma: z.number().positive().default(80),
    margin: fraction(0.4),
    removeDiagonal: z.boolean().default(true),
  }),
  loss('cosineSimilarity', { axis }),
  loss('ctc', {}),
  loss('dice', { axis: axes }),
  loss('tversky', {
    alpha: z.number().min(0).default(0.5),
    beta: z.number().min(0).default(0.5),
    axis: axes,
  }),
  loss('huber', { delta: z.number().positive().default(1) }),
  loss('klDivergence', {}),
  loss('logCosh', {}),
  loss('meanAbsoluteError', {}),
  loss('meanAbsolutePercentageError', {}),
  loss('meanSquaredError', {}),
  loss('meanSquaredLogarithmicError', {}),
  loss('poisson', {}),
]);

/** Keras's short names. */
const SHORT_NAMES = {
  mae: 'meanAbsoluteError',
  mape: 'meanAbsolutePercentageError',
  mse: 'meanSquaredError',
  msle: 'meanSquaredLogarithmicError',
} as const;
const ABBREVIATIONS: ReadonlyMap<unknown, string> = new Map(Object.entries(SHORT_NAMES));

/** The short names that a loss may have. */
export const lossAbbreviations: readonly string[] = Object.keys(SHORT_NAMES);

/** A loss by name, full or short, or with its options; the result has the full name and all options. */
export const lossSettingsSchema = z.preprocess((value) => {
  if (typeof value === 'string') return { name: ABBREVIATIONS.get(value) ?? value };
  if (typeof value !== 'object' || value === null || !('name' in value)) return value;
  const full = ABBREVIATIONS.get(value.name);
  return full === undefined ? value : { ...value, name: full };
}, lossObjectSchema);
export type LossSettings = z.infer<typeof lossSettingsSchema>;
export type LossName = LossSettings['name'];

/** The loss of one output of a model that has several. */
export const outputLossSchema = z.strictObject({
  loss: lossSettingsSchema,
  weight: z.number().min(0).default(1).describe('Factor of this loss in the total'),
  classWeights: z
    .array(z.number().min(0))
    .min(2)
    .nullable()
    .default(null)
    .describe('Factor of the samples of each class, by class index'),
});
export type OutputLoss = z.infer<typeof outputLossSchema>;
