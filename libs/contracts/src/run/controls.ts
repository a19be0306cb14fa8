// What clients say when they start a run again, or another one from where it stood.

import { z } from 'zod';
import { idSchema } from '../common/ids.js';
import { pageQuerySchema } from '../common/pages.js';
import { storable } from '../common/text.js';
import { runStateSchema } from './run.js';

export const retryRunSchema = z
  .strictObject({
    fromStart: z
      .boolean()
      .default(false)
      .describe('Begin where the run began, not at its last checkpoint that holds all of the state'),
  })
  .meta({ id: 'RetryRun' });
export type RetryRun = z.infer<typeof retryRunSchema>;

/** Settings that a fork may change: the others make weights, optimizer state or the order of the data what they are. */
export const forkableSettings = [
  'name',
  'loss',
  'classWeights',
  'optimizer',
  'schedule',
  'epochs',
  'steps',
  'clip',
  'metrics',
  'precision',
  'executor',
  'stepsPerCall',
  'checkpointing',
  'earlyStopping',
  'reduceOnPlateau',
  'terminateOnNaN',
  'checkpoints',
  'limits',
  'telemetry',
] as const;

export const forkRunSchema = z
  .strictObject({
    checkpoint: idSchema('checkpoint')
      .optional()
      .describe('The last one that can be gone on from when absent'),
    changes: z
      .record(z.string(), z.json())
      .check(storable)
      .default({})
      .describe(`Settings as in CreateRun, each whole: ${forkableSettings.join(', ')}`),
  })
  .meta({ id: 'ForkRun' });
export type ForkRun = z.infer<typeof forkRunSchema>;

export const tagSchema = z.string().trim().min(1).max(50).check(storable);

/** What people write about a run. */
export const updateRunSchema = z
  .strictObject({
    notes: z.string().max(10_000).check(storable).optional(),
    tags: z
      .array(tagSchema)
      .max(20)
      .refine((tags) => new Set(tags).size === tags.length, 'has a tag twice')
      .optional(),
  })
  .meta({ id: 'UpdateRun', description: 'What is absent stays as it is' });
export type UpdateRun = z.infer<typeof updateRunSchema>;

export const updateCheckpointSchema = z
  .strictObject({ pinned: z.boolean().optional().describe('A pinned one is not deleted, but with its run') })
  .meta({ id: 'UpdateCheckpoint' });
export type UpdateCheckpoint = z.infer<typeof updateCheckpointSchema>;

/** Which runs of a list. */
export const runFilterSchema = z.strictObject({
  tag: tagSchema.optional().describe('Only runs with this tag'),
  state: runStateSchema.optional().describe('Only runs in this state'),
});
export type RunFilter = z.infer<typeof runFilterSchema>;

export const runListQuerySchema = pageQuerySchema.extend(runFilterSchema.shape);
export type RunListQuery = z.infer<typeof runListQuerySchema>;
