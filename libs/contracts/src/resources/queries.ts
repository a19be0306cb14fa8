// Queries and small answers that several endpoints share.

import { z } from 'zod';
import { timestampSchema } from '../common/pages.js';
import { problemItemSchema } from '../errors/problem.js';

/** Which part of a run's history. */
export const historyQuerySchema = z.strictObject({
  after: z.string().max(500).optional().describe('The cursor of the batch before'),
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
  series: z.string().max(2000).optional().describe('Names of series, comma-separated'),
});
export type HistoryQuery = z.infer<typeof historyQuerySchema>;

export const historyFormats = ['json', 'ndjson', 'csv'] as const;
const formatSchema = z.enum(historyFormats).default('json');
export type HistoryFormat = (typeof historyFormats)[number];

/** A history as a file holds all that follows the cursor, whatever the limit. */
export const historyFileQuerySchema = historyQuerySchema.extend({
  format: formatSchema.describe('ndjson and csv hold all that follows the cursor: limit does not apply'),
});
export type HistoryFileQuery = z.infer<typeof historyFileQuerySchema>;

const stepSchema = z.coerce.number().int().min(0).optional();

export const metricsQuerySchema = historyFileQuerySchema
  .extend({
    points: z.coerce
      .number()
      .int()
      .min(2)
      .max(10_000)
      .optional()
      .describe(
        'The whole history in at most so many points a series: both ends, lowest, highest and first NaN of each part between; after and limit do not apply',
      ),
    fromStep: stepSchema.describe('With points: only steps from this one on, so that they show more of them'),
    toStep: stepSchema.describe('With points: only steps up to this one'),
  })
  .refine(({ points, fromStep }) => fromStep === undefined || points !== undefined, {
    path: ['fromStep'],
    message: 'goes with points: say how many, such as points=2000',
  })
  .refine(({ points, toStep }) => toStep === undefined || points !== undefined, {
    path: ['toStep'],
    message: 'goes with points: say how many, such as points=2000',
  })
  .refine(({ fromStep = 0, toStep = Infinity }) => fromStep <= toStep, {
    path: ['toStep'],
    message: 'lies before fromStep',
  });
export type MetricsQuery = z.infer<typeof metricsQuerySchema>;

export const gradientsQuerySchema = historyFileQuerySchema.extend({
  points: z.coerce
    .number()
    .int()
    .min(2)
    .max(2000)
    .optional()
    .describe(
      'The whole history in at most so many steps, evenly over it, and as many of those with all statistics; as JSON; after and limit do not apply',
    ),
});
export type GradientsQuery = z.infer<typeof gradientsQuerySchema>;

/** One in 100 s at least: a timer that is set for longer than 2^31 ms goes off at once. */
const maxRateHz = z.number().min(0.01).max(1000);

/** The rate limit of a subscription. */
export const rateSchema = z.object({ maxRateHz: maxRateHz.nullish() });

export const streamQuerySchema = historyQuerySchema.omit({ limit: true }).extend({
  maxRateHz: z.coerce
    .number()
    .pipe(maxRateHz)
    .optional()
    .describe(
      'Most events a second; of what comes between, lowest, highest, last and first NaN of each series are told',
    ),
});
export type StreamQuery = z.infer<typeof streamQuerySchema>;

export const downloadQuerySchema = z.strictObject({
  format: z
    .enum(['safetensors', 'tfjs'])
    .default('safetensors')
    .describe('tfjs: a ZIP of model.json and weights.bin, a layers model of TensorFlow.js'),
});
export type DownloadQuery = z.infer<typeof downloadQuerySchema>;
export type DownloadFormat = DownloadQuery['format'];

/** Where a file can be fetched without a key: by a browser, which then holds none of it in memory. */
export const downloadLinkSchema = z
  .object({
    url: z.string().describe('Of the storage; answers a GET with the file, as an attachment'),
    expiresAt: timestampSchema.describe('What has begun by then goes on'),
    fileName: z.string(),
    bytes: z.int(),
  })
  .meta({ id: 'DownloadLink' });
export type DownloadLink = z.infer<typeof downloadLinkSchema>;

/** The answer to a check that stores nothing: all that is wrong, not only the first mistake. */
export const verdictSchema = z
  .object({
    ok: z.boolean(),
    problems: z.array(problemItemSchema),
    warnings: z.array(problemItemSchema).describe('What works, mostly badly'),
  })
  .meta({ id: 'Verdict' });

/** How much memory a training step takes, by estimate from the graph: scratch memory and TensorFlow itself are not in it. */
export const memoryEstimateSchema = z
  .object({
    weights: z.int(),
    slots: z.int().describe('What the optimizer keeps for each trainable weight'),
    inputs: z.int().describe('A batch of inputs'),
    activations: z.int().describe('What the backward pass needs of the forward pass'),
    gradients: z.int(),
    step: z.int().describe('The most that a step makes and holds at a time'),
    total: z.int().describe('Weights, slots, inputs and the step'),
  })
  .meta({ id: 'MemoryEstimate', description: 'Bytes' });
export type MemoryEstimate = z.infer<typeof memoryEstimateSchema>;

/** The verdict on a run; with a model that can be built also the memory that a step takes. */
export const runVerdictSchema = verdictSchema
  .extend({ memory: memoryEstimateSchema.nullable() })
  .meta({ id: 'RunVerdict' });
export type RunVerdict = z.infer<typeof runVerdictSchema>;
