// What the worker and its process that reads an upload say to each other over the fork's channel.

import { z } from 'zod';
import { datasetFormatSchema, featureTypeSchema } from '../datasets/columns.js';
import { shardIndexSchema } from '../datasets/shards.js';
import { featureStatisticsSchema } from '../datasets/statistics.js';
import { problemItemSchema } from '../errors/problem.js';
import { datasetPreviewSchema } from '../resources/dataset.js';

/** To the process: read this local file into shards in this folder. */
export const startIngestSchema = z.object({
  file: z.string(),
  folder: z.string(),
  format: datasetFormatSchema,
  columnTypes: z.record(z.string(), featureTypeSchema),
  images: z
    .object({ height: z.int(), width: z.int(), channels: z.union([z.literal(1), z.literal(3)]) })
    .nullable(),
});
export type StartIngest = z.infer<typeof startIngestSchema>;

/** From the process, once. */
export const fromIngestSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ingested'),
    index: shardIndexSchema,
    statistics: z.array(featureStatisticsSchema),
    preview: datasetPreviewSchema.shape.rows,
  }),
  /** What is wrong with the file. */
  z.object({ type: z.literal('rejected'), problems: z.array(problemItemSchema).min(1) }),
  /** What is wrong with the machine. */
  z.object({ type: z.literal('failed'), code: z.string().nullable(), message: z.string() }),
]);
export type FromIngest = z.infer<typeof fromIngestSchema>;
