// What a run is: the posted form with defaults, and the complete form that is stored. A setting that
// this version cannot carry out is refused by name, never ignored.

import { z } from 'zod';
import { idSchema } from '../common/ids.js';
import { nameSchema } from '../common/pages.js';
import { featureTypeSchema } from '../datasets/columns.js';
import { definitionSchema } from '../resources/model.js';
import { knowsDirection, monitoring } from '../training/callbacks.js';
import { trainingSettingsSchema } from '../training/settings.js';
import { inputsSchema, splitSchema } from './data.js';
import { classWeightsSchema, runLossSchema, runMetricsSchema, runTargetSchema } from './outputs.js';

/** The settings of the training library that a run takes as they are. */
const training = trainingSettingsSchema.pick({
  optimizer: true,
  schedule: true,
  clip: true,
  accumulate: true,
  shuffle: true,
  seed: true,
  precision: true,
  executor: true,
  stepsPerCall: true,
  earlyStopping: true,
  reduceOnPlateau: true,
  terminateOnNaN: true,
}).shape;

const every = z.int().min(1).nullable();

const telemetrySchema = z
  .strictObject({
    scalarsEverySteps: z.literal(1).default(1),
    gradients: z
      .union([
        z.enum(['auto', 'everyStep', 'off']),
        z.strictObject({
          normsEverySteps: z
            .union([every, z.literal('auto')])
            .default('auto')
            .describe('Gradient norm of each layer; null: never'),
          fullEverySteps: every
            .default(null)
            .describe('Mean, spread, zeros, non-finite values, update ratio and histogram of each layer'),
        }),
      ])
      .default('auto')
      .describe(
        'auto: the norm of each layer as often as costs at most 3 % of the time, everyStep: at each step',
      ),
  })
  .prefault({});

/** When a checkpoint is written, and which ones are kept; null: not by this. The end of a run writes one in any case. */
const checkpointsSchema = z
  .strictObject({
    everySteps: z.int().min(1).nullable().default(null),
    everyMinutes: z.number().gt(0).nullable().default(null),
    everyEpochs: z.int().min(1).nullable().default(1),
    keepLast: z.int().min(1).nullable().default(null).describe('null: all are kept'),
    keepBest: z.int().min(0).max(1000).default(0).describe('The best by `monitor` that are kept as well'),
    ...monitoring,
  })
  .check(knowsDirection)
  .refine(({ keepLast, keepBest }) => keepBest === 0 || keepLast !== null, {
    path: ['keepBest'],
    message: 'says what stays besides the last ones: all stay unless keepLast is set',
  });

const limitsSchema = z
  .strictObject({
    seconds: z
      .number()
      .gt(0)
      .max(10 ** 8)
      .nullable()
      .default(null)
      .describe('Time of all attempts together, since the last retry'),
    memoryBytes: z
      .int()
      .min(2 ** 28)
      .max(2 ** 46)
      .nullable()
      .default(null)
      .describe('Resident memory of the trainer; TensorFlow alone takes some 400 MB'),
  })
  .prefault({});

const settings = {
  name: nameSchema.default('run'),
  dataset: idSchema('dataset'),
  inputs: z
    .array(inputsSchema)
    .min(1)
    .max(64)
    .describe('One for each input of the model, in its order or by their names'),
  target: runTargetSchema,
  split: splitSchema.prefault({}),
  loss: runLossSchema,
  classWeights: classWeightsSchema,
  ...training,
  batchSize: z.int().min(1).max(65_536).default(32),
  epochs: z.int().min(1).max(10_000).default(10),
  steps: z
    .int()
    .min(1)
    .max(1e9)
    .nullable()
    .default(null)
    .describe('Ends after so many updates instead of after `epochs`; schedules reach their end there'),
  checkpointing: z
    .strictObject({
      activations: trainingSettingsSchema.shape.recompute,
    })
    .prefault({}),
  metrics: runMetricsSchema,
  checkpoints: checkpointsSchema.prefault({}),
  limits: limitsSchema,
  telemetry: telemetrySchema,
};

/** A run as it is posted. `model` is an id or an inline definition. */
export const createRunSchema = z
  .strictObject({ ...settings, model: z.union([idSchema('model'), definitionSchema]) })
  .meta({ id: 'CreateRun' });
export type CreateRun = z.infer<typeof createRunSchema>;

/** A run as it is checked: without a dataset, all that can be said without its columns is said. */
export const validateRunSchema = createRunSchema
  .extend({ dataset: idSchema('dataset').optional().describe('Absent: only what needs no data is checked') })
  .meta({ id: 'ValidateRun' });
export type ValidateRun = z.infer<typeof validateRunSchema>;

/** Version of the shape of a stored spec. */
export const SPEC_VERSION = 1;

const runOriginSchema = z.strictObject({
  run: idSchema('run'),
  checkpoint: idSchema('checkpoint'),
  step: z.int().min(0),
});
export type RunOrigin = z.infer<typeof runOriginSchema>;

/** The target of one of several outputs, with what is known of its columns. */
const outputTargetSchema = z.strictObject({
  output: z.string(),
  columns: z.array(z.string()).describe('Ranges expanded'),
  classCount: z.int().nullable(),
  type: featureTypeSchema,
});
export type OutputTarget = z.infer<typeof outputTargetSchema>;

/** A run as it is stored: complete, immutable, and enough to reproduce the run. */
export const runSpecSchema = z
  .strictObject({
    ...settings,
    specVersion: z.literal(SPEC_VERSION),
    engineVersion: z.string().describe('TensorFlow version that the run asks for'),
    model: z.strictObject({ id: idSchema('model').nullable(), definition: definitionSchema }),
    datasetSha256: z.string(),
    inputColumns: z.array(z.string()).describe('The columns of all inputs, ranges expanded, in order'),
    inputWidths: z
      .array(z.int())
      .default([])
      .describe('How many of them each input has; empty: the only one has all'),
    targetColumns: z
      .array(z.string())
      .default([])
      .describe('The targets, ranges expanded; empty: target.column'),
    classCount: z
      .int()
      .nullable()
      .describe('Distinct values of the only target; null where it has no classes, and for several outputs'),
    targetType: featureTypeSchema
      .default('numeric')
      .describe('How labels of the only target are compared: as numbers, or as texts'),
    outputTargets: z
      .array(outputTargetSchema)
      .optional()
      .describe('What a target by output came to, in the order of the outputs of the model'),
    origin: runOriginSchema.nullable().default(null).describe('Of a fork: where it began'),
  })
  .meta({ id: 'RunSpec' });
export type RunSpec = z.infer<typeof runSpecSchema>;
/** The same before defaults are filled in. */
export type RunSpecInput = z.input<typeof runSpecSchema>;
