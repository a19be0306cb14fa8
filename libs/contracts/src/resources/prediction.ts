// Predictions: rows in, by a checkpoint of a run, answers out.

import { z } from 'zod';
import { idSchema } from '../common/ids.js';
import { wireNumberSchema } from '../common/numbers.js';
import { pageSchema } from '../common/pages.js';
import { storable } from '../common/text.js';
import { errorCodeSchema, problemItemSchema } from '../errors/problem.js';

/** Rows of one request. */
export const MAX_PREDICTION_ROWS = 1000;
/** Largest request with rows, in bytes of its JSON. */
export const MAX_PREDICTION_BYTES = 2 ** 20;
/** Numbers of one answer: as many as 1,000 rows of 1,000 classes have. */
export const MAX_ANSWER_NUMBERS = 2 ** 20;

/** A row by names of columns, or its values in the order of the run's input columns. */
export const predictionRowSchema = z.union([z.record(z.string(), z.json()), z.array(z.json())]);
export type PredictionRow = z.infer<typeof predictionRowSchema>;

/** Rows of the request; or those of a dataset, page by page. */
export const predictSchema = z
  .union([
    z.strictObject({
      rows: z
        .array(predictionRowSchema)
        .min(1)
        .max(MAX_PREDICTION_ROWS)
        .check(storable)
        .describe('Objects by name of column, or arrays in the order of the input columns'),
    }),
    z.strictObject({
      dataset: idSchema('dataset'),
      after: z.string().max(500).optional().describe('The nextCursor of the page before'),
      limit: z
        .int()
        .min(1)
        .max(MAX_PREDICTION_ROWS)
        .default(MAX_PREDICTION_ROWS)
        .describe('Rows at most: a page of large rows, or of large answers, has fewer'),
    }),
  ])
  .meta({ id: 'Predict' });
export type Predict = z.infer<typeof predictSchema>;

export const predictionSchema = z
  .object({
    class: z
      .string()
      .nullable()
      .describe('The predicted class; null for regression, and for labels that are each for themselves'),
    probability: wireNumberSchema.nullable().describe('Of that class; null where values are none'),
    values: z
      .array(wireNumberSchema)
      .describe('What the top-level `values` says: of each class in their order, or of each output'),
  })
  .meta({ id: 'Prediction' });
export type Prediction = z.infer<typeof predictionSchema>;

const outputAnswers = {
  values: z
    .enum(['probabilities', 'scores', 'numbers'])
    .describe('What values are: probabilities of the classes, their scores, or the predicted numbers'),
  activation: z
    .enum(['softmax', 'sigmoid'])
    .nullable()
    .describe(
      'What the service applied to the outputs: a network that was trained on logits gives none of these itself',
    ),
  classes: z
    .array(z.string())
    .nullable()
    .describe('Classes or labels in the order of values; null for regression'),
  data: z.array(predictionSchema).describe('In the order of the rows'),
};

export const outputAnswerSchema = z
  .object({ name: z.string(), ...outputAnswers })
  .meta({ id: 'OutputAnswer' });
/** What one output means, and its answer for each row. */
export type OutputAnswer = z.infer<typeof outputAnswerSchema>;

/** What a network's outputs mean, and the answer for each row. */
export const answeredRowsSchema = z.object({
  ...outputAnswers,
  outputs: z
    .array(outputAnswerSchema)
    .describe(
      'With targets by output the answers of each, in the order of the model; what stands beside them is the first again. Else empty',
    ),
});
export type AnsweredRows = z.infer<typeof answeredRowsSchema>;

export const predictionsSchema = pageSchema(predictionSchema)
  .extend({
    checkpointId: idSchema('checkpoint'),
    runId: idSchema('run'),
    step: z.int().min(0),
    ...answeredRowsSchema.shape,
  })
  .meta({ id: 'Predictions' });
export type Predictions = z.infer<typeof predictionsSchema>;

/** The answer that a worker stores: of the rows, or why there is none. */
export const storedAnswerSchema = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    rows: answeredRowsSchema,
    /** Of a dataset: whether rows follow these. */
    hasMore: z.boolean(),
  }),
  z.object({
    ok: z.literal(false),
    code: errorCodeSchema,
    message: z.string(),
    errors: z.array(problemItemSchema),
  }),
]);
export type StoredAnswer = z.infer<typeof storedAnswerSchema>;
