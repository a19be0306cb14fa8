import { z } from 'zod';
import { wireNumberSchema } from '../common/numbers.js';
import { featureTypeSchema } from './columns.js';

const figure = wireNumberSchema.nullable();

/** What is known of a column's values. Of arrays and images the figures are those of their elements. */
export const featureStatisticsSchema = z
  .strictObject({
    name: z.string(),
    type: featureTypeSchema,
    count: z.int().min(0).describe('Rows that have a value'),
    missing: z.int().min(0),
    min: figure.describe('Of text, the shortest length in characters; of timestamps, ms since 1970'),
    max: figure,
    mean: figure,
    std: figure.describe('Population standard deviation'),
    quantiles: z
      .strictObject({
        at: z.array(z.number()),
        values: z.array(wireNumberSchema),
        rankError: z.number().describe('By what share of the rows a rank may be off at most; 0 is exact'),
      })
      .nullable(),
    distinct: z.int().min(0).nullable().describe('Null when there are too many to count'),
    top: z
      .array(z.strictObject({ value: z.string(), count: z.int() }))
      .describe('The most frequent values; all of them when there are few, which is the balance of classes'),
  })
  .meta({ id: 'FeatureStatistics' });
export type FeatureStatistics = z.infer<typeof featureStatisticsSchema>;
