// What clients say when they start a run again, or another one from where it stood.

import { z } from 'zod';
import { idSchema } from '../common/ids.js';
import { storable } from '../common/text.js';

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
