// The values of one column for some rows, of a stored dataset or of rows that somebody wants predictions for. What is done
// to them cannot tell which, so that both come out the same.

import { GradstreamError, toPointer, type FeatureType } from '@gradstream/contracts';
import { flattenInto, isMissingCell, toMoment, toNumber, toText } from '../ingest/cells.js';
import { splitMoment } from '../ingest/timestamp.js';
import type { Cell, FixedValues } from '../readers/source.js';
import { sizeOf } from '../shards/layout.js';
import type { Located } from '../shards/gather.js';
import type { ShardedDataset } from '../shards/reader.js';
import { StoredArray } from '../shards/storedArray.js';

/** A value of a row to predict for: a cell, or an array or an image as a dataset has it. */
export type RowValue = Cell | StoredArray;
export type Row = Readonly<Record<string, RowValue>>;

export interface ColumnValues {
  readonly type: FeatureType;
  readonly rows: number;
  /** As the shards have them: float32 with NaN, codes, pairs of day and milliseconds, elements, pixels; none of text. */
  readonly values: FixedValues;
  readonly categories: readonly string[] | null;
  readonly texts: readonly (string | null)[] | null;
  /** An error about the value of a row. */
  readonly fail: (row: number, message: string) => GradstreamError;
}

const advice = 'Say in the preprocessing what becomes of such values, or mend the dataset.';

/** Columns of a dataset at some positions. Throws DATASET_UNREADABLE when there is none of that name. */
export function columnOfDataset(
  dataset: ShardedDataset,
  name: string,
  positions: ArrayLike<number>,
  located: Located = dataset.locate(positions),
): ColumnValues {
  const { type, categories } = dataset.column(name);
  return {
    type,
    rows: positions.length,
    values: type === 'text' ? new Int32Array(0) : dataset.take(name, located),
    categories,
    texts: type === 'text' ? dataset.texts(name, located) : null,
    fail: (row, message) => {
      const text = `row ${(positions[row] ?? 0) + 1}, column "${name}": ${message}`;
      const errors = [{ code: 'badValue', message: text }];
      return new GradstreamError('DATASET_UNREADABLE', `The dataset does not suit: ${text}. ${advice}`, {
        errors,
      });
    },
  };
}

/** What a column must look like for cells to become its values. */
export interface ColumnForm {
  readonly column: string;
  readonly type: FeatureType;
  /** Of arrays and images. */
  readonly shape: readonly number[];
}

/**
 * Values of rows as a column. Throws VALIDATION_FAILED with a pointer such as /3/age to what is no such value; what is not
 * there is missing.
 */
export function columnOfRows(rows: readonly Row[], { column, type, shape }: ColumnForm): ColumnValues {
  const fail = (row: number, message: string) => {
    const errors = [{ pointer: toPointer([row, column]), code: 'badValue', message }];
    const detail = `Row ${row}, column "${column}": ${message}. Correct it, and send it again.`;
    return new GradstreamError('VALIDATION_FAILED', detail, { errors });
  };
  const cells = rows.map((row) => (Object.hasOwn(row, column) ? (row[column] ?? null) : null));
  const missing = cells.map((cell) => !(cell instanceof StoredArray) && isMissingCell(cell));
  /** One value a row, or a refusal. */
  const convert = <T>(absent: T, to: (cell: Cell) => T | null, what: string): T[] =>
    cells.map((cell, row) => {
      const value = missing[row] === true ? absent : cell instanceof StoredArray ? null : to(cell);
      if (value === null && absent !== null) throw fail(row, `is no ${what}`);
      return value ?? absent;
    });
  const shared = { type, rows: rows.length, categories: null, texts: null, fail };
  switch (type) {
    case 'numeric':
      return { ...shared, values: Float32Array.from(convert(NaN, toNumber, 'finite number')) };
    case 'timestamp':
      return {
        ...shared,
        values: Int32Array.from(
          convert(NaN, toMoment, 'moment by ISO 8601').flatMap((moment) =>
            splitMoment(Number.isNaN(moment) ? null : moment),
          ),
        ),
      };
    case 'categorical': {
      const names = convert('', toText, 'text');
      const categories = [...new Set(names)];
      const places = new Map(categories.map((name, place) => [name, place]));
      const codes = names.map((name, row) => (missing[row] === true ? -1 : (places.get(name) ?? -1)));
      return { ...shared, values: Int32Array.from(codes), categories };
    }
    case 'text': {
      const texts = convert('', toText, 'text').map((text, row) => (missing[row] === true ? null : text));
      return { ...shared, values: new Int32Array(0), texts };
    }
    case 'image':
    case 'array': {
      const size = sizeOf(shape);
      const values =
        type === 'image' ? new Uint8Array(rows.length * size) : new Float32Array(rows.length * size);
      cells.forEach((cell, row) => {
        if (!putArray(cell, shape, values, row * size))
          throw fail(row, `is no array of numbers with the shape [${shape.join(', ')}]`);
      });
      return { ...shared, values };
    }
  }
}

function putArray(cell: RowValue, shape: readonly number[], out: FixedValues, at: number): boolean {
  if (!(cell instanceof StoredArray)) return flattenInto(cell, shape, out, at);
  const { values } = cell;
  const fits =
    cell.shape.length === shape.length && shape.every((length, axis) => length === cell.shape[axis]);
  if (!fits || (values instanceof Float32Array && !values.every(Number.isFinite))) return false;
  out.set(values, at);
  return true;
}
