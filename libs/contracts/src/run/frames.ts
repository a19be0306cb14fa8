// What a run tells while it trains. All kinds share one sequence a run, so that one cursor follows them.

import { z } from 'zod';
import { wireNumberSchema } from '../common/numbers.js';
import { timestampSchema } from '../common/pages.js';
import { batchShape, placeShape } from './points.js';
import { runStates } from './run.js';

export const frameKinds = ['metrics', 'gradients', 'event'] as const;
export type FrameKind = (typeof frameKinds)[number];

const logLevels = ['info', 'warn', 'error'] as const;

/** What happened to a run, other than numbers. */
export const runEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('stateChanged'),
    from: z.enum(runStates),
    to: z.enum(runStates),
    cause: z.string(),
  }),
  z.object({ type: z.literal('rewound'), toStep: z.int().min(0) }),
  z.object({ type: z.literal('checkpointed'), checkpointId: z.string(), step: z.int() }),
  z.object({ type: z.literal('log'), level: z.enum(logLevels), message: z.string() }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;

/**
 * A frame before it is stored. `series` and `values` are of equal length: for metrics, names such as
 * `loss`, `accuracy`, `learningRate`, `gradientNorm`, `valLoss`; for gradients, `<layer>/norm`.
 */
export interface NewFrame {
  readonly kind: FrameKind;
  /** Update steps done when the frame was made; the first step's frame says 1. */
  readonly step: number;
  /** The epoch of the step, the first being 1; 0 before training. */
  readonly epoch: number;
  /** RFC 3339, when the trainer made it. */
  readonly time: string;
  readonly series: readonly string[];
  readonly values: readonly number[];
  readonly event: RunEvent | null;
}

/** A stored frame; `seq` counts from 1 without a gap in each run. */
export interface Frame extends NewFrame {
  readonly seq: number;
  readonly attempt: number;
}

export const metricPointSchema = z
  .object({ ...placeShape, values: z.record(z.string(), wireNumberSchema) })
  .meta({ id: 'MetricPoint' });
export type MetricPoint = z.infer<typeof metricPointSchema>;

export const metricBatchSchema = z.object(batchShape(metricPointSchema)).meta({ id: 'MetricBatch' });
export type MetricBatch = z.infer<typeof metricBatchSchema>;

const partsSchema = z
  .object({
    firstSteps: z.array(z.int()),
    lastSteps: z.array(z.int()),
    means: z.array(wireNumberSchema).describe('Of the numbers of each part; NaN where it has none'),
    counts: z
      .array(z.int())
      .describe('How many numbers each part has: NaN, the infinities and what is beyond ±1e290 do not count'),
  })
  .describe(
    'All points of the series in parts, in order: the steps of the first and the last one, and their mean; a line through the series goes through these, for its points are extremes. Null where the points are all there are',
  );

/** A run's metrics in a few points a series, in order of steps. `cursor`: what follows goes on from there. */
export const metricSamplesSchema = z
  .object({
    series: z.array(
      z.object({
        name: z.string(),
        steps: z.array(z.int()),
        values: z.array(wireNumberSchema),
        parts: partsSchema.nullable(),
      }),
    ),
    clock: z
      .object({ steps: z.array(z.int()), epochs: z.array(z.int()), times: z.array(timestampSchema) })
      .describe('Epoch and time of some steps, evenly over the history and in order; the first epoch is 1'),
    cursor: z.string(),
    done: z.boolean(),
  })
  .meta({ id: 'MetricSamples' });
export type MetricSamples = z.infer<typeof metricSamplesSchema>;

export const logLineSchema = z
  .object({
    seq: z.int(),
    attempt: z.int(),
    step: z.int(),
    time: timestampSchema,
    level: z.enum(logLevels),
    message: z.string(),
  })
  .meta({ id: 'LogLine' });
export const logBatchSchema = z
  .object({ lines: z.array(logLineSchema), cursor: z.string(), done: z.boolean() })
  .meta({ id: 'LogBatch' });
export type LogBatch = z.infer<typeof logBatchSchema>;

export const storedEventSchema = z
  .object({
    seq: z.int(),
    attempt: z.int(),
    step: z.int(),
    time: timestampSchema,
    event: runEventSchema,
  })
  .meta({ id: 'StoredRunEvent' });
export type StoredRunEvent = z.infer<typeof storedEventSchema>;

export const eventBatchSchema = z
  .object({ events: z.array(storedEventSchema), cursor: z.string(), done: z.boolean() })
  .meta({ id: 'RunEventBatch' });
export type RunEventBatch = z.infer<typeof eventBatchSchema>;
