// What worker and trainer say to each other when the trainer serves predictions of one checkpoint. It answers requests
// one after another until it is killed or its worker is gone.

import { z } from 'zod';
import { problemItemSchema, errorCodeSchema } from '../errors/problem.js';
import { answeredRowsSchema, predictionRowSchema } from '../resources/prediction.js';
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

/** To the trainer: predict for these rows. */
export const predictRowsSchema = z.object({
  type: z.literal('predict'),
  id: z.string(),
  rows: z.array(predictionRowSchema),
});
export type PredictRows = z.infer<typeof predictRowsSchema>;

/** Rows of a dataset, of which a local folder has the index, and the shards that hold them. */
export const localPageSchema = z.object({
  folder: z.string(),
  /** Position of the first row. */
  from: z.int().min(0),
  /** Rows at most; fewer come where they are large, or their answer is. */
  limit: z.int().min(1),
});
export type LocalPage = z.infer<typeof localPageSchema>;

/** To the trainer: which files a page needs. The folder has the index alone as yet. */
export const locatePageSchema = z.object({
  type: z.literal('locate'),
  id: z.string(),
  page: localPageSchema,
});
export type LocatePage = z.infer<typeof locatePageSchema>;

/** To the trainer: read this page, and predict for its rows. Problems name their place in the dataset. */
export const predictPageSchema = z.object({
  type: z.literal('predictPage'),
  id: z.string(),
  page: localPageSchema,
});
export type PredictPage = z.infer<typeof predictPageSchema>;

export const toPredictorSchema = z.discriminatedUnion('type', [
  startServingSchema,
  predictRowsSchema,
  locatePageSchema,
  predictPageSchema,
]);
export type ToPredictor = z.infer<typeof toPredictorSchema>;

const failure = { code: errorCodeSchema, message: z.string(), errors: z.array(problemItemSchema) };

export const fromPredictorSchema = z.discriminatedUnion('type', [
  /** The process has loaded and waits for `serve`. */
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('located'), id: z.string(), files: z.array(z.string()) }),
  z.object({
    type: z.literal('predicted'),
    id: z.string(),
    answer: answeredRowsSchema,
    /** Of a page: whether rows follow these. */
    hasMore: z.boolean(),
  }),
  /** One request was wrong; others are served on. */
  z.object({ type: z.literal('refused'), id: z.string(), ...failure }),
  /** The weights cannot be served; the process ends. */
  z.object({ type: z.literal('failed'), ...failure }),
]);
export type FromPredictor = z.infer<typeof fromPredictorSchema>;
