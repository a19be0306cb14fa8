// Loads the columns of a training run into memory: rows × columns × 4 bytes.

import { GradstreamError, type ColumnType } from '@gradstream/contracts';
import type { Readable } from 'node:stream';
import { parseNumber } from './cells.js';
import { sortClasses } from '../preprocessing/labels.js';
import { readRecords } from './records.js';

/** The data of a run, row by row. */
export interface Table {
  readonly rows: number;
  /** Inputs, [rows, columns] in row order. */
  readonly inputs: Float32Array;
  /** Class indexes, or numbers for regression; [rows]. */
  readonly targets: Int32Array | Float32Array;
  /** Class names in the order of their indexes; null for regression. */
  readonly classes: readonly string[] | null;
}

export interface TableColumns {
  readonly inputs: readonly string[];
  readonly target: string;
  readonly task: 'classification' | 'regression';
  /** The target's type by the check: of a numeric column "7" and "7.0" are one class, of a categorical one two. */
  readonly targetType: ColumnType;
}

const unreadable = (line: number, message: string): GradstreamError =>
  new GradstreamError('DATASET_UNREADABLE', `Line ${line}: ${message}.`, {
    errors: [{ line, code: 'unreadable', message }],
  });

/** A label as the check counts it. */
function canonical(label: string, type: ColumnType): string {
  const value = type === 'numeric' ? parseNumber(label) : null;
  return value === null ? label : String(value);
}

/** Class indexes of labels. */
function encodeLabels(labels: readonly string[]): { targets: Int32Array; classes: string[] } {
  const classes = sortClasses(new Set(labels));
  const indexes = new Map(classes.map((name, index) => [name, index]));
  return { targets: Int32Array.from(labels, (label) => indexes.get(label) ?? -1), classes };
}

/** Reads a checked CSV file. Throws DATASET_UNREADABLE with the line when it is not what the check saw. */
export async function loadTable(
  source: Readable,
  columns: TableColumns,
  maxBytes = Number.MAX_SAFE_INTEGER,
): Promise<Table> {
  const width = columns.inputs.length;
  let header: string[] | null = null;
  let positions: number[] = [];
  let targetPosition = -1;
  let inputs = new Float32Array(1024 * width);
  const labels: string[] = [];
  const numbers: number[] = [];
  let rows = 0;
  await readRecords(source, maxBytes, ({ fields, line }) => {
    if (header === null) {
      const names = fields.map((field) => field.trim());
      header = names;
      positions = columns.inputs.map((name) => names.indexOf(name));
      targetPosition = names.indexOf(columns.target);
      if (positions.includes(-1) || targetPosition === -1)
        throw unreadable(line, 'a column of the run is not in the header');
      return;
    }
    if ((rows + 1) * width > inputs.length) {
      const larger = new Float32Array(inputs.length * 2);
      larger.set(inputs);
      inputs = larger;
    }
    positions.forEach((position, index) => {
      const value = parseNumber(fields[position] ?? '');
      if (value === null) throw unreadable(line, `column "${columns.inputs[index] ?? ''}" has no number`);
      inputs[rows * width + index] = value;
    });
    const target = (fields[targetPosition] ?? '').trim();
    if (columns.task === 'classification') labels.push(canonical(target, columns.targetType));
    else {
      const value = parseNumber(target);
      if (value === null) throw unreadable(line, 'the target is no number');
      numbers.push(value);
    }
    rows++;
  });
  const shared = { rows, inputs: inputs.subarray(0, rows * width) };
  if (columns.task === 'classification') return { ...shared, ...encodeLabels(labels) };
  return { ...shared, targets: Float32Array.from(numbers), classes: null };
}
