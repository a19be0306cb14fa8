// The index of a dataset that is stored as shards (docs/datasets.md).

import { z } from 'zod';
import { featureTypeSchema, shardDtypes } from './columns.js';

/** Version of the index and of the files that it names. */
export const SHARDS_VERSION = 1;

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');

const shardColumnSchema = z.strictObject({
  name: z.string().min(1),
  type: featureTypeSchema,
  dtype: z.enum(shardDtypes),
  shape: z.array(z.int().positive()).max(8).describe('Of one row; [] is one value'),
  heap: z.boolean().describe('Whether a block of UTF-8 bytes follows, into which the values point'),
  categories: z.array(z.string()).nullable().describe('What the codes of a categorical column mean, from 0'),
});
export type ShardColumn = z.infer<typeof shardColumnSchema>;

const shardEntrySchema = z.strictObject({
  sha256: sha256Schema.describe('Of the file, which is named after it'),
  bytes: z.int().positive(),
  rows: z.int().positive(),
});
export type ShardEntry = z.infer<typeof shardEntrySchema>;

export const shardIndexSchema = z.strictObject({
  format: z.literal('gradstream-shards'),
  version: z.literal(SHARDS_VERSION),
  rows: z.int().positive(),
  columns: z.array(shardColumnSchema).min(1),
  shards: z.array(shardEntrySchema).min(1).describe('In the order of their rows'),
  sha256: sha256Schema.describe('Of the index without this field, as JSON without blanks'),
});
export type ShardIndex = z.infer<typeof shardIndexSchema>;
