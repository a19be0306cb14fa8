// Everything that says how a model is trained, apart from the model and the data.

import { z } from 'zod';
import { callbacksSchema } from './callbacks.js';
import { clippingSchema } from './clipping.js';
import { lossSettingsSchema, outputLossSchema } from './losses.js';
import { metricsSettingsSchema } from './metrics.js';
import { optimizerSettingsSchema } from './optimizers.js';
import { scheduleSchema } from './schedules.js';

const every = z.int().min(1).nullable();
const outputName = z.string().min(1).max(200);

export const trainingSettingsSchema = z.strictObject({
  /** Of the only output, or of outputs by name. */
  loss: z.union([lossSettingsSchema, z.strictObject({ outputs: z.record(outputName, outputLossSchema) })]),
  classWeights: z
    .array(z.number().min(0))
    .min(2)
    .nullable()
    .default(null)
    .describe('Factor of the samples of each class, by class index; with several outputs it is set there'),
  metrics: z
    .union([metricsSettingsSchema, z.strictObject({ outputs: z.record(outputName, metricsSettingsSchema) })])
    .default([]),
  optimizer: optimizerSettingsSchema.prefault('adam'),
  schedule: scheduleSchema.prefault('constant'),
  clip: clippingSchema.nullable().default(null),
  batchSize: z.int().min(1).max(1_000_000).default(32).describe('Samples of one forward and backward pass'),
  accumulate: z.int().min(1).max(10_000).default(1).describe('Batches whose gradients make one update'),
  epochs: z.int().min(1).max(1e9).default(10),
  shuffle: z.boolean().default(true),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(42),
  precision: z
    .enum(['float32', 'bfloat16', 'float16', 'auto'])
    .default('float32')
    .describe('auto: bfloat16 on a processor with AMX, where it is faster, else float32'),
  executor: z
    .enum(['captured', 'xla', 'eager', 'auto'])
    .default('captured')
    .describe('auto times captured and xla at the first step'),
  stepsPerCall: z
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .describe('Steps that TensorFlow runs at once: for steps so short that the call is what takes the time'),
  recompute: z
    .enum(['none', 'blocks', 'auto'])
    .default('none')
    .describe(
      'Activation checkpointing: intermediate values are computed again for the backward pass; auto: where the estimate is above memoryLimit',
    ),
  memoryLimit: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('Bytes that a training may take, for recompute: auto'),
  statistics: z
    .strictObject({
      normsEverySteps: z
        .union([every, z.literal('auto')])
        .default(1)
        .describe(
          'Gradient norm of each layer; null: never; auto: as often as costs at most 3 % of the time, by measurement',
        ),
      fullEverySteps: every.default(null).describe('Mean, spread, zeros, histogram and so on of each layer'),
    })
    .prefault({}),
  ...callbacksSchema.shape,
});
/** With all defaults filled in. */
export type TrainingSettings = z.infer<typeof trainingSettingsSchema>;
/** As a person writes it. */
export type TrainingSettingsInput = z.input<typeof trainingSettingsSchema>;
