import { countOf, GradstreamError, type CreateDataset } from '@gradstream/contracts';
import { stringify } from 'csv-stringify/sync';

type InlineDataset = Extract<CreateDataset, { rows: unknown }>;

/** Inline rows as the CSV file that an upload would have held. Throws VALIDATION_FAILED for ragged rows. */
export function inlineToCsv({ columns, rows }: InlineDataset): Buffer {
  const errors = rows.flatMap((row, index) =>
    row.length === columns.length
      ? []
      : [
          {
            pointer: `/rows/${index}`,
            code: 'ragged',
            message: `has ${countOf(row.length, 'value')}, the dataset ${countOf(columns.length, 'column')}`,
          },
        ],
  );
  if (errors.length > 0) {
    throw new GradstreamError('VALIDATION_FAILED', 'Every row needs one value a column.', {
      errors: errors.slice(0, 100),
    });
  }
  // Quoted, an empty field of a single column is a row; bare, it would be an empty line, which readers leave out.
  return Buffer.from(stringify([columns, ...rows], { cast: { boolean: String }, quoted_empty: true }));
}
