// A dataset's row as clients see it, and the parts of it that are stored as JSON.

import {
  datasetColumnSchema,
  datasetFormatSchema,
  datasetStateSchema,
  featureTypeSchema,
  problemItemSchema,
  type Dataset,
} from '@gradstream/contracts';
import type { DatasetFile, DatasetRow } from '@gradstream/data';
import { z } from 'zod';

const filesSchema = z.array(
  z.object({ name: z.string(), objectKey: z.string(), bytes: z.int(), sha256: z.string() }),
);

/** Where an upload, or what was sent inline, lies until its check. */
export const sourceKeyOf = (projectId: string, id: string): string =>
  `projects/${projectId}/datasets/${id}/source`;

/** The stored files of a dataset. */
export const filesOf = ({ files }: DatasetRow): DatasetFile[] => filesSchema.parse(files);

/** A row as clients see it, with what only the first answer has. */
export function toDataset(
  row: DatasetRow,
  { upload = null, multipart = null }: Partial<Pick<Dataset, 'upload' | 'multipart'>> = {},
): Dataset {
  return {
    id: row.id,
    name: row.name,
    state: datasetStateSchema.parse(row.state),
    format: datasetFormatSchema.parse(row.format),
    bytes: row.bytes,
    sha256: row.sha256,
    rowCount: row.row_count,
    columns: datasetColumnSchema.array().nullable().parse(row.columns),
    columnTypes: z.record(z.string(), featureTypeSchema).parse(row.column_types),
    problems: problemItemSchema.array().parse(row.problems),
    upload,
    multipart,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
