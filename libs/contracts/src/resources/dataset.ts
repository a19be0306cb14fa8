import { z } from 'zod';
import { idSchema } from '../common/ids.js';
import { nameSchema, pageSchema, timestampSchema } from '../common/pages.js';
import { wireNumberSchema } from '../common/numbers.js';
import { storable } from '../common/text.js';
import { problemItemSchema } from '../errors/problem.js';

export const datasetStates = ['uploading', 'checking', 'ready', 'rejected'] as const;
export const datasetStateSchema = z.enum(datasetStates).meta({ id: 'DatasetState' });
export type DatasetState = z.infer<typeof datasetStateSchema>;

export const columnTypes = ['numeric', 'categorical'] as const;
export const columnTypeSchema = z.enum(columnTypes).meta({ id: 'ColumnType' });
export type ColumnType = z.infer<typeof columnTypeSchema>;

/** One inline value; an empty string or null is a missing value. */
const cellSchema = z.union([z.number(), z.string().max(10_000).check(storable), z.boolean(), z.null()]);

/** Largest CSV that a dataset may be, in bytes (1 GiB). */
export const MAX_DATASET_BYTES = 2 ** 30;

const common = {
  name: nameSchema,
  columnTypes: z
    .record(z.string().check(storable), columnTypeSchema)
    .optional()
    .describe('Overrides of the inferred types'),
};

/** Rows in the request, for small datasets; or a plan for an upload of a CSV file. */
export const createDatasetSchema = z
  .union([
    z.strictObject({
      ...common,
      columns: z.array(z.string().min(1).max(200).check(storable)).min(1).max(10_000),
      rows: z.array(z.array(cellSchema)).min(1).max(10_000),
    }),
    z.strictObject({
      ...common,
      upload: z.strictObject({
        format: z.literal('csv'),
        bytes: z.int().positive('the file is empty').max(MAX_DATASET_BYTES),
        sha256: z
          .string()
          .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')
          .optional(),
      }),
    }),
  ])
  .meta({ id: 'CreateDataset' });
export type CreateDataset = z.infer<typeof createDatasetSchema>;

export const datasetColumnSchema = z
  .object({
    name: z.string(),
    type: columnTypeSchema,
    missing: z.int().min(0),
    distinct: z.int().min(0).describe('Distinct values, counted up to 1,000'),
    min: wireNumberSchema.nullable(),
    max: wireNumberSchema.nullable(),
    mean: wireNumberSchema.nullable(),
    std: wireNumberSchema.nullable().describe('Population standard deviation'),
  })
  .meta({ id: 'DatasetColumn' });
export type DatasetColumn = z.infer<typeof datasetColumnSchema>;

/** Where and how to send the file: one HTTP PUT of exactly the announced bytes. */
export const uploadPlanSchema = z
  .object({ method: z.literal('PUT'), url: z.string(), expiresAt: timestampSchema })
  .meta({ id: 'UploadPlan' });
export type UploadPlan = z.infer<typeof uploadPlanSchema>;

export const datasetSchema = z
  .object({
    id: idSchema('dataset'),
    name: z.string(),
    state: datasetStateSchema,
    format: z.literal('csv'),
    bytes: z.int().nullable(),
    sha256: z.string().nullable(),
    rowCount: z.int().nullable(),
    columns: z.array(datasetColumnSchema).nullable(),
    problems: z.array(problemItemSchema).describe('Why it was rejected; at most 100'),
    upload: uploadPlanSchema.nullable().describe('Only in the answer to the creation of an upload'),
    createdAt: timestampSchema,
    updatedAt: timestampSchema,
  })
  .meta({ id: 'Dataset' });
export type Dataset = z.infer<typeof datasetSchema>;
export const datasetPageSchema = pageSchema(datasetSchema).meta({ id: 'DatasetPage' });

/** How much of a dataset a preview shows. */
export const previewQuerySchema = z.strictObject({
  rows: z.coerce.number().int().min(1).max(100).default(20),
});
export type PreviewQuery = z.infer<typeof previewQuerySchema>;

/** The first rows, each field as the file has it. */
export const datasetPreviewSchema = z
  .object({
    columns: z.array(z.string()),
    rows: z.array(z.array(z.string())).describe('An empty field is a missing value'),
    rowCount: z.int().describe('Rows of the whole dataset'),
  })
  .meta({ id: 'DatasetPreview' });
export type DatasetPreview = z.infer<typeof datasetPreviewSchema>;

/** Counts and moments of each column, as the check found them. */
export const datasetStatsSchema = z
  .object({ rowCount: z.int(), bytes: z.int(), columns: z.array(datasetColumnSchema) })
  .meta({ id: 'DatasetStats' });
export type DatasetStats = z.infer<typeof datasetStatsSchema>;
