// What worker and trainer say to each other when the trainer serves predictions of one checkpoint. It answers requests
// one after another until it is killed or its worker is gone.

import { z } from 'zod';
import { problemItemSchema, errorCodeSchema } from '../errors/problem.js';
import { answeredRowsSchema } from '../resources/prediction.js';
import { runSpecSchema } from '../run/spec.js';

/** To the trainer: load these weights and serve. Files are local paths that the worker prepared. */
export const startServingSchema = z.object({
  type: z.literal('serve'),
  spec: runSpecSchema,
  /** The weights, a safetensors file, with what is needed to use them in its metadata. */
  weightsFile: z.string(),
  tensorflowDir: z.string(),
  threads: z.int().min(1),
});
export type StartServing = z.infer<typeof startServingSchema>;

const cellSchema = z.json();

/** To the trainer: predict for these rows. */
export const predictRowsSchema = z.object({
  type: z.literal('predict'),
  id: z.string(),
  rows: z.array(z.union([z.record(z.string(), cellSchema), z.array(cellSchema)])),
  /** The place in its dataset of the first row: problems name it, and columns that are not needed are no problem. */
  from: z.int().min(0).nullable(),
});
export type PredictRows = z.infer<typeof predictRowsSchema>;

export const toPredictorSchema = z.discriminatedUnion('type', [startServingSchema, predictRowsSchema]);
export type ToPredictor = z.infer<typeof toPredictorSchema>;

const failure = { code: errorCodeSchema, message: z.string(), errors: z.array(problemItemSchema) };

export const fromPredictorSchema = z.discriminatedUnion('type', [
  /** The process has loaded and waits for `serve`. */
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('predicted'), id: z.string(), answer: answeredRowsSchema }),
  /** One request was wrong; others are served on. */
  z.object({ type: z.literal('refused'), id: z.string(), ...failure }),
  /** The weights cannot be served; the process ends. */
  z.object({ type: z.literal('failed'), ...failure }),
]);
export type FromPredictor = z.infer<typeof fromPredictorSchema>;
