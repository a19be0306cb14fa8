// The queues carry ids alone: Postgres holds the rest, so a queue can be lost and made again.

import { z } from 'zod';
import { idSchema } from '../common/ids.js';

export const queueNames = ['runs', 'datasets', 'predictions'] as const;
export type QueueName = (typeof queueNames)[number];

/** Payload of each queue's jobs. The job id is the id of the noun, so that a second add changes nothing. */
export const jobSchemas = {
  runs: z.object({ runId: idSchema('run') }),
  datasets: z.object({ datasetId: idSchema('dataset') }),
  predictions: z.object({ predictionId: idSchema('prediction') }),
} as const satisfies Record<QueueName, z.ZodType>;
export type JobPayload<Q extends QueueName> = z.infer<(typeof jobSchemas)[Q]>;
