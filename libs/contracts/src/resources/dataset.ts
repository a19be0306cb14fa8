import { z } from 'zod';
import { idSchema } from '../common/ids.js';
import { nameSchema, pageQuerySchema, pageSchema, timestampSchema } from '../common/pages.js';
import { wireNumberSchema } from '../common/numbers.js';
import { storable } from '../common/text.js';
import { datasetFormatSchema, featureTypeSchema, type DatasetFormat } from '../datasets/columns.js';
import { featureStatisticsSchema } from '../datasets/statistics.js';
import { problemItemSchema } from '../errors/problem.js';

export const datasetStates = ['uploading', 'checking', 'ready', 'rejected'] as const;
export const datasetStateSchema = z.enum(datasetStates).meta({ id: 'DatasetState' });
export type DatasetState = z.infer<typeof datasetStateSchema>;

/** One inline value; an empty string or null is a missing value. */
const cellSchema = z.union([z.number(), z.string().max(10_000).check(storable), z.boolean(), z.null()]);

/** Largest file that one PUT may bring, and of most formats at all, in bytes (1 GiB); parts bring larger ones. */
export const MAX_PUT_BYTES = 2 ** 30;
/** Largest file of a dataset, in bytes (16 GiB). */
export const MAX_DATASET_BYTES = 2 ** 34;
/** Formats of files larger than MAX_PUT_BYTES: others decompress, or are text, of which no more is read. */
const LARGE_FORMATS: readonly DatasetFormat[] = ['npy', 'parquet'];
/** S3 takes no smaller part, but the last one. */
const MIN_PART_BYTES = 5 * 2 ** 20;

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');
const pixels = z.int().min(1).max(4096);

const common = {
  name: nameSchema,
  columnTypes: z
    .record(z.string().check(storable), featureTypeSchema)
    .optional()
    .describe('Overrides of the inferred types'),
};

const uploadSchema = z
  .strictObject({
    format: datasetFormatSchema.default('csv'),
    bytes: z.int().positive('the file is empty').max(MAX_DATASET_BYTES),
    sha256: sha256Schema.optional(),
    multipart: z
      .union([
        z.literal(true),
        z.strictObject({
          partBytes: z
            .int()
            .min(MIN_PART_BYTES)
            .max(MAX_PUT_BYTES)
            .describe('Of every part but the last one'),
        }),
      ])
      .optional()
      .describe('Send the file in parts, which can be resumed; true chooses their size'),
    images: z
      .strictObject({ height: pixels, width: pixels, channels: z.union([z.literal(1), z.literal(3)]) })
      .optional()
      .describe('To which size images are brought; that of the first one unless said otherwise'),
  })
  .refine(({ bytes, multipart }) => bytes <= MAX_PUT_BYTES || multipart !== undefined, {
    path: ['multipart'],
    message: `files of more than ${MAX_PUT_BYTES} bytes are sent in parts: set it to true`,
  })
  .refine(({ bytes, format }) => bytes <= MAX_PUT_BYTES || LARGE_FORMATS.includes(format), {
    path: ['bytes'],
    message: `only files of the formats ${LARGE_FORMATS.join(' and ')} may have more than ${MAX_PUT_BYTES} bytes`,
  })
  .refine(({ images, format }) => images === undefined || format === 'images', {
    path: ['images'],
    message: 'is for the format "images"',
  });

/** Rows in the request, for small datasets; or a plan for an upload of a file. */
export const createDatasetSchema = z
  .union([
    z.strictObject({
      ...common,
      columns: z.array(z.string().min(1).max(200).check(storable)).min(1).max(10_000),
      rows: z.array(z.array(cellSchema)).min(1).max(10_000),
    }),
    z.strictObject({ ...common, upload: uploadSchema }),
  ])
  .meta({ id: 'CreateDataset' });
export type CreateDataset = z.infer<typeof createDatasetSchema>;

export const datasetColumnSchema = z
  .object({
    name: z.string(),
    type: featureTypeSchema,
    shape: z.array(z.int()).default([]).describe('Of one value: of images and arrays; [] for others'),
    missing: z.int().min(0),
    distinct: z.int().min(0).nullable().describe('Distinct values; null when there are too many to count'),
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

/** Where and how to send a file in parts: an HTTP PUT for each that is not there yet, then complete with their ETags. */
export const multipartPlanSchema = z
  .object({
    partBytes: z.int().describe('Of every part but the last one'),
    parts: z.array(
      z.object({
        number: z.int().min(1),
        bytes: z.int(),
        etag: z.string().nullable().describe('Of a part that has arrived; null for one that is to be sent'),
        url: z.string().nullable().describe('Where to PUT it; null for a part that has arrived'),
      }),
    ),
    expiresAt: timestampSchema.describe('Of the URLs; GET …/upload gives new ones'),
  })
  .meta({ id: 'MultipartPlan' });
export type MultipartPlan = z.infer<typeof multipartPlanSchema>;

/** What ends an upload: nothing for one PUT, the parts for one in parts. */
export const completeDatasetSchema = z
  .strictObject({
    parts: z
      .array(z.strictObject({ number: z.int().min(1).max(10_000), etag: z.string().min(1).max(200) }))
      .min(1)
      .max(10_000)
      .optional()
      .describe('Each part with the ETag that its PUT was answered with; of an upload in parts alone'),
  })
  .meta({ id: 'CompleteDataset' });
export type CompleteDataset = z.infer<typeof completeDatasetSchema>;

export const datasetSchema = z
  .object({
    id: idSchema('dataset'),
    name: z.string(),
    state: datasetStateSchema,
    format: datasetFormatSchema,
    bytes: z.int().nullable().describe('Of the file that was uploaded'),
    sha256: z.string().nullable().describe('Of the file that was uploaded'),
    rowCount: z.int().nullable(),
    columns: z.array(datasetColumnSchema).nullable(),
    columnTypes: z
      .record(z.string(), featureTypeSchema)
      .default({})
      .describe('Types that were said when it was made; those of the other columns were inferred'),
    problems: z.array(problemItemSchema).describe('Why it was rejected; at most 100'),
    upload: uploadPlanSchema
      .nullable()
      .describe('Only in the answer to the creation of an upload by one PUT'),
    multipart: multipartPlanSchema
      .nullable()
      .default(null)
      .describe('Only in the answer to the creation of an upload in parts'),
    createdAt: timestampSchema,
    updatedAt: timestampSchema,
  })
  .meta({ id: 'Dataset' });
export type Dataset = z.infer<typeof datasetSchema>;
export const datasetPageSchema = pageSchema(datasetSchema).meta({ id: 'DatasetPage' });

/** Which datasets of a list. */
export const datasetFilterSchema = z.strictObject({
  sha256: sha256Schema.optional().describe('Only those that were made of the file with this hash'),
});
export type DatasetFilter = z.infer<typeof datasetFilterSchema>;

export const datasetListQuerySchema = pageQuerySchema.extend(datasetFilterSchema.shape);
export type DatasetListQuery = z.infer<typeof datasetListQuerySchema>;

/** How a dataset is deleted. */
export const deleteDatasetQuerySchema = z.strictObject({
  force: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('true: although runs that have ended refer to it; they stay, and show datasetDeletedAt'),
});
export type DeleteDataset = z.infer<typeof deleteDatasetQuerySchema>;

/** How much of a dataset a preview shows. */
export const previewQuerySchema = z.strictObject({
  rows: z.coerce.number().int().min(1).max(100).default(20),
});
export type PreviewQuery = z.infer<typeof previewQuerySchema>;

const previewCellSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** The first rows, each field as the file has it; of lists, arrays and images only how many values they have. */
export const datasetPreviewSchema = z
  .object({
    columns: z.array(z.string()),
    rows: z.array(z.array(previewCellSchema)).describe('Null and an empty text are missing values'),
    rowCount: z.int().describe('Rows of the whole dataset'),
  })
  .meta({ id: 'DatasetPreview' });
export type DatasetPreview = z.infer<typeof datasetPreviewSchema>;

/** Statistics of each column, as the check found them. */
export const datasetStatsSchema = z
  .object({ rowCount: z.int(), bytes: z.int(), columns: z.array(featureStatisticsSchema) })
  .meta({ id: 'DatasetStats' });
export type DatasetStats = z.infer<typeof datasetStatsSchema>;
