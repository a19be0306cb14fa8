// Queries and small answers that several endpoints share.

import { z } from 'zod';
import { problemItemSchema } from '../errors/problem.js';

/** Which part of a run's history. */
export const historyQuerySchema = z.strictObject({
  after: z.string().max(500).optional().describe('The cursor of the batch before'),
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
  series: z.string().max(2000).optional().describe('Names of series, comma-separated'),
});
export type HistoryQuery = z.infer<typeof historyQuerySchema>;

export const streamQuerySchema = historyQuerySchema.omit({ limit: true });
export type StreamQuery = z.infer<typeof streamQuerySchema>;

export const downloadQuerySchema = z.strictObject({
  format: z.literal('safetensors').default('safetensors'),
});

/** The answer to a check that stores nothing: all that is wrong, not only the first mistake. */
export const verdictSchema = z
  .object({ ok: z.boolean(), problems: z.array(problemItemSchema) })
  .meta({ id: 'Verdict' });
export type Verdict = z.infer<typeof verdictSchema>;
