// What worker and trainer say to each other over the fork's channel (advanced serialization: numbers keep
// NaN and the infinities). The worker checks every message from the trainer; the trainer trusts the worker.

import { z } from 'zod';
import { errorCodeSchema, problemItemSchema } from '../errors/problem.js';
import { frameKinds, runEventSchema } from '../run/frames.js';
import { runSpecSchema } from '../run/spec.js';
import { wholeCheckpointFiles } from '../training/checkpoint.js';

/** To the trainer: train this. Files are local paths that the worker prepared. */
export const startTrainingSchema = z.object({
  type: z.literal('start'),
  runId: z.string(),
  attempt: z.int(),
  spec: runSpecSchema,
  /** Of the spec as it is stored; a checkpoint is of a run by it. */
  specSha256: z.string(),
  /** A folder with the dataset's shards and index. */
  datasetFolder: z.string(),
  /** The folder `step-N` of the checkpoint to go on from, whole. Its spec is another one when `spec.origin` names it. */
  resumeFrom: z.string().optional(),
  /** A folder of the attempt alone, for checkpoints. */
  workFolder: z.string(),
  tensorflowDir: z.string(),
  threads: z.int().min(1),
});
export type StartTraining = z.infer<typeof startTrainingSchema>;

/** To the trainer: load TensorFlow now, for a run that will come. What goes wrong is told to that run. */
export const warmTrainerSchema = z.object({
  type: z.literal('warm'),
  tensorflowDir: z.string(),
  threads: z.int().min(1),
});

/** To the trainer: stop at the next step. */
export const stopTrainingSchema = z.object({ type: z.literal('stop') });

/** To the trainer: wait before the next step, for too much waits to be stored; and go on. A stop ends the waiting. */
export const holdTrainingSchema = z.object({ type: z.literal('hold'), held: z.boolean() });

export const toTrainerSchema = z.discriminatedUnion('type', [
  warmTrainerSchema,
  startTrainingSchema,
  stopTrainingSchema,
  holdTrainingSchema,
]);
export type ToTrainer = z.infer<typeof toTrainerSchema>;

/** An array that is looked through as it is: zod's own would copy it and check each element alone, thousands a second. */
const arrayOf = <Element>(isElement: (element: unknown) => element is Element) =>
  z.custom<readonly Element[]>((value) => Array.isArray(value) && value.every(isElement));

const frameSchema = z.object({
  kind: z.enum(frameKinds),
  step: z.int().min(0),
  epoch: z.int().min(0),
  time: z.string(),
  series: arrayOf((name) => typeof name === 'string'),
  values: arrayOf((value) => typeof value === 'number'),
  event: runEventSchema.nullable(),
});

/** From the trainer. */
export const fromTrainerSchema = z.discriminatedUnion('type', [
  /** The process has loaded and waits for `start`. */
  z.object({ type: z.literal('ready') }),
  /** Data read and step captured; training begins after `step`: that of `resumeFrom`, or 0. */
  z.object({
    type: z.literal('started'),
    totalSteps: z.int(),
    engineVersion: z.string(),
    step: z.int().min(0),
  }),
  z.object({ type: z.literal('frames'), frames: z.array(frameSchema) }),
  /** Complete files lie in the work folder, the weights among them; the worker uploads and deletes them. */
  z.object({
    type: z.literal('checkpoint'),
    step: z.int(),
    epoch: z.int(),
    files: z
      .array(
        z.object({
          name: z.enum(wholeCheckpointFiles),
          file: z.string(),
          bytes: z.int(),
          sha256: z.string().regex(/^[0-9a-f]{64}$/),
        }),
      )
      .refine((files) => files.some(({ name }) => name === 'model.safetensors'), 'has no weights')
      .refine((files) => new Set(files.map(({ name }) => name)).size === files.length, 'has a file twice'),
    metrics: z.record(z.string(), z.union([z.number(), z.nan(), z.literal(Infinity), z.literal(-Infinity)])),
  }),
  z.object({ type: z.literal('finished'), outcome: z.enum(['completed', 'stopped']) }),
  z.object({
    type: z.literal('failed'),
    code: errorCodeSchema,
    message: z.string(),
    errors: z.array(problemItemSchema),
  }),
]);
export type FromTrainer = z.infer<typeof fromTrainerSchema>;
