// What a run is: the posted form with defaults, and the complete form that is stored. A setting that
// this version cannot carry out is refused by name, never ignored.

import { z } from 'zod';
import { idSchema } from '../common/ids.js';
import { nameSchema } from '../common/pages.js';
import { storable } from '../common/text.js';
import { columnTypeSchema } from '../resources/dataset.js';
import { definitionSchema } from '../resources/model.js';

const inputsSchema = z
  .strictObject({
    columns: z
      .array(z.string().min(1).check(storable))
      .min(1)
      .optional()
      .describe('Names or ranges such as p0…p63'),
    all: z.literal(true).optional().describe('Every numeric column but the target'),
    scale: z.enum(['none', 'minmax', 'standardize']).default('none'),
  })
  .refine((input) => (input.columns === undefined) !== (input.all === undefined), {
    message: 'needs either columns or all: true',
  });

export const taskSchema = z.enum(['classification', 'regression']);
export type Task = z.infer<typeof taskSchema>;

const targetSchema = z.strictObject({ column: z.string().min(1).check(storable), task: taskSchema });

const splitSchema = z
  .strictObject({
    train: z.number().gt(0).lt(1).default(0.8),
    validation: z.number().gt(0).lt(1).default(0.2),
    by: z.enum(['random', 'sequential']).default('random'),
    seed: z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .default(1),
  })
  .refine((split) => split.train + split.validation <= 1 + 1e-9, {
    message: 'train and validation add up to more than 1',
  });

export const lossNames = ['sparseCategoricalCrossentropy', 'meanSquaredError'] as const;
const lossObjectSchema = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('sparseCategoricalCrossentropy'),
    fromLogits: z.boolean().default(false),
  }),
  z.strictObject({ name: z.literal('meanSquaredError') }),
]);
/** A loss by name, or with its options. */
const lossSchema = z.preprocess(
  (value) => (typeof value === 'string' ? { name: value } : value),
  lossObjectSchema,
);

const learningRate = (initial: number) => z.number().positive().max(1000).default(initial);
const fraction = (initial: number) => z.number().min(0).lt(1).default(initial);
const optimizerObjectSchema = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('sgd'),
    learningRate: learningRate(0.01),
    momentum: fraction(0),
    nesterov: z.boolean().default(false),
  }),
  z.strictObject({
    name: z.literal('adam'),
    learningRate: learningRate(0.001),
    beta1: fraction(0.9),
    beta2: fraction(0.999),
    epsilon: z.number().positive().default(1e-7),
  }),
]);
const optimizerSchema = z.preprocess(
  (value) => (typeof value === 'string' ? { name: value } : value),
  optimizerObjectSchema,
);

const settings = {
  name: nameSchema.default('run'),
  dataset: idSchema('dataset'),
  inputs: z.tuple([inputsSchema]).describe('One input; several come with functional models'),
  target: targetSchema,
  split: splitSchema.prefault({}),
  loss: lossSchema,
  optimizer: optimizerSchema.prefault({ name: 'adam' }),
  batchSize: z.int().min(1).max(65_536).default(32),
  epochs: z.int().min(1).max(10_000).default(10),
  precision: z.enum(['float32', 'bfloat16']).default('float32'),
  clip: z.strictObject({ globalNorm: z.number().positive() }).nullable().default(null),
  metrics: z.array(z.literal('accuracy')).max(1).default([]),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(42),
  shuffle: z.boolean().default(true),
  checkpoints: z.strictObject({ everyEpochs: z.int().min(1).default(1) }).prefault({}),
  telemetry: z
    .strictObject({
      scalarsEverySteps: z.literal(1).default(1),
      gradients: z.literal('everyStep').default('everyStep'),
    })
    .prefault({}),
};

/** A run as it is posted. `model` is an id or an inline definition. */
export const createRunSchema = z
  .strictObject({ ...settings, model: z.union([idSchema('model'), definitionSchema]) })
  .meta({ id: 'CreateRun' });
export type CreateRun = z.infer<typeof createRunSchema>;

/** Version of the shape of a stored spec. */
export const SPEC_VERSION = 1;

/** A run as it is stored: complete, immutable, and enough to reproduce the run. */
export const runSpecSchema = z
  .strictObject({
    ...settings,
    specVersion: z.literal(SPEC_VERSION),
    engineVersion: z.string().describe('TensorFlow version that the run asks for'),
    model: z.strictObject({ id: idSchema('model').nullable(), definition: definitionSchema }),
    datasetSha256: z.string(),
    inputColumns: z.array(z.string()).describe('The input columns, ranges expanded, in order'),
    classCount: z.int().nullable().describe('Distinct values of the target; null for regression'),
    targetType: columnTypeSchema
      .default('numeric')
      .describe('How labels are compared: as numbers, or as texts'),
  })
  .meta({ id: 'RunSpec' });
export type RunSpec = z.infer<typeof runSpecSchema>;
