// Which encoder a column gets: by what the caller or the file declares, else by its first values.

import type { FeatureType } from '@gradstream/contracts';
import type { ProblemList } from '../readers/problems.js';
import type { Batch, Cell, SourceColumn } from '../readers/source.js';
import { detailFor, type StatisticsDetail } from '../statistics/detail.js';
import { ArrayEncoder } from './array.js';
import { CategoricalEncoder } from './categorical.js';
import { isMissingCell, shapeOf } from './cells.js';
import type { ColumnEncoder } from './encoder.js';
import { inferType, SAMPLE_ROWS } from './infer.js';
import { NumericEncoder } from './numeric.js';
import { TextColumnEncoder } from './text.js';
import { TimestampEncoder } from './timestamp.js';

/** The first cells of a column. */
function sampleOf(batches: readonly Batch[], index: number): Cell[] {
  const cells = batches.flatMap((batch) => {
    const column = batch.columns[index];
    if (column === undefined) return [];
    return column.kind === 'cells' ? column.cells.slice(0, SAMPLE_ROWS) : [];
  });
  return cells.slice(0, SAMPLE_ROWS);
}

function createEncoder(
  { name, fixed }: SourceColumn,
  type: FeatureType,
  sample: readonly Cell[],
  detail: StatisticsDetail,
): ColumnEncoder {
  switch (type) {
    case 'numeric':
      return new NumericEncoder(name, detail);
    case 'categorical':
      return new CategoricalEncoder(name);
    case 'text':
      return new TextColumnEncoder(name, detail);
    case 'timestamp':
      return new TimestampEncoder(name, detail);
    case 'array':
    case 'image': {
      const first = sample.find((cell) => !isMissingCell(cell)) ?? null;
      const shape = shapeOf(first) ?? [1];
      return new ArrayEncoder(name, fixed ?? { type: 'array', dtype: 'float32', shape });
    }
  }
}

/** Whether a column of numbers with a fixed shape can be had as a type. */
const suitsFixed = (fixed: NonNullable<SourceColumn['fixed']>, type: FeatureType): boolean =>
  type === fixed.type || (fixed.shape.length === 0 && (type === 'categorical' || type === 'numeric'));

/** The encoders of all columns; declarations that cannot be are problems. */
export function createEncoders(
  columns: readonly SourceColumn[],
  batches: readonly Batch[],
  declared: Readonly<Record<string, FeatureType>>,
  problems: ProblemList,
): ColumnEncoder[] {
  const names = new Set(columns.map(({ name }) => name));
  for (const name of Object.keys(declared)) {
    if (names.has(name)) continue;
    const message = `columnTypes names "${name}", which the file has not`;
    problems.add({
      code: 'unknownColumn',
      message,
      hint: `The columns are ${[...names].slice(0, 20).join(', ')}`,
    });
  }
  const detail = detailFor(columns.length);
  return columns.map((column, index) => {
    const wanted = Object.hasOwn(declared, column.name) ? declared[column.name] : undefined;
    const sample = sampleOf(batches, index);
    const found = column.fixed?.type ?? inferType(sample);
    const possible = column.fixed
      ? wanted === undefined || suitsFixed(column.fixed, wanted)
      : wanted !== 'image';
    if (!possible) {
      const message = `column "${column.name}" is ${found}, and cannot be ${wanted ?? ''}`;
      problems.add({ column: index + 1, code: 'wrongType', message, hint: 'Leave its type to be inferred' });
    }
    return createEncoder(column, possible ? (wanted ?? found) : found, sample, detail);
  });
}
