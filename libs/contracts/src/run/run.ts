import { z } from 'zod';
import { idSchema } from '../common/ids.js';
import { pageSchema, timestampSchema } from '../common/pages.js';
import { wireNumberSchema } from '../common/numbers.js';
import { errorCodeSchema, problemItemSchema } from '../errors/problem.js';
import { runSpecSchema } from './spec.js';

export const runStates = [
  'queued',
  'preparing',
  'running',
  'paused',
  'succeeded',
  'failed',
  'cancelled',
] as const;
export const runStateSchema = z.enum(runStates).meta({ id: 'RunState' });
export type RunState = z.infer<typeof runStateSchema>;

/** Whether a run in this state has ended: it changes no more, unless somebody starts it again. */
export const isFinal = (state: RunState): boolean =>
  state === 'succeeded' || state === 'failed' || state === 'cancelled';

export const runFailureSchema = z
  .object({
    code: errorCodeSchema,
    message: z.string(),
    signal: z.string().nullable().describe('The signal that ended the trainer, if one did'),
    logTail: z.array(z.string()).describe('The last lines that the trainer wrote'),
    errors: z.array(problemItemSchema),
  })
  .meta({ id: 'RunFailure' });
export type RunFailure = z.infer<typeof runFailureSchema>;

export const runSchema = z
  .object({
    id: idSchema('run'),
    name: z.string(),
    notes: z.string(),
    tags: z.array(z.string()),
    state: runStateSchema,
    cancelRequested: z.boolean(),
    pauseRequested: z.boolean().describe('A worker has it still, and stops at its next step'),
    attempt: z.int().min(0).describe('How often a worker has started it'),
    step: z.int().min(0),
    totalSteps: z.int().nullable().describe('Known once the data is read'),
    engineVersion: z.string().nullable().describe('The TensorFlow that trains it, known once it has begun'),
    epoch: z.int().min(0),
    metrics: z.record(z.string(), wireNumberSchema).describe('The last value of each series'),
    failure: runFailureSchema.nullable(),
    spec: runSpecSchema,
    datasetDeletedAt: timestampSchema
      .nullable()
      .default(null)
      .describe('When its dataset was deleted by force: it cannot start again, nor be forked'),
    createdAt: timestampSchema,
    startedAt: timestampSchema.nullable(),
    finishedAt: timestampSchema.nullable(),
  })
  .meta({ id: 'Run' });
export type Run = z.infer<typeof runSchema>;
export const runPageSchema = pageSchema(runSchema).meta({ id: 'RunPage' });

export const checkpointSchema = z
  .object({
    id: idSchema('checkpoint'),
    runId: idSchema('run'),
    attempt: z.int(),
    step: z.int(),
    epoch: z.int(),
    bytes: z.int().describe('Of the weights'),
    sha256: z.string().describe('Of the weights'),
    files: z
      .array(z.object({ name: z.string(), bytes: z.int(), sha256: z.string() }))
      .describe('All that is stored: weights, optimizer and other state, manifest'),
    pinned: z.boolean().describe('Deleted by nobody, but with its run'),
    resumable: z.boolean().describe('Whether training can go on from it: weights alone do not suffice'),
    metrics: z.record(z.string(), wireNumberSchema).describe('What was last measured at its step'),
    createdAt: timestampSchema,
  })
  .meta({ id: 'Checkpoint' });
export type Checkpoint = z.infer<typeof checkpointSchema>;
export const checkpointPageSchema = pageSchema(checkpointSchema).meta({ id: 'CheckpointPage' });
