// Problems of the split: a column that does not suit, parts without rows.

import { countOf, type CreateRun, type DatasetColumn, type ProblemItem } from '@gradstream/contracts';
import { splitSizes } from '@gradstream/datasets';

/** The column by which rows are split: classes for shares, values for parts. */
function columnProblems(
  { by, column }: CreateRun['split'],
  columns: readonly DatasetColumn[],
  target: string | undefined,
): ProblemItem[] {
  if (by !== 'column' && by !== 'stratified') return [];
  const name = column ?? target;
  const found = columns.find((one) => one.name === name);
  const pointer = column === undefined ? '/split/by' : '/split/column';
  if (found === undefined) {
    if (column === undefined) return []; // The target itself is not there, which is said already.
    const message = `the dataset has no column "${column}"`;
    return [{ pointer, code: 'unknownColumn', message, hint: 'Check its name' }];
  }
  if (found.type === 'categorical' || found.type === 'numeric') return [];
  const message = `column "${found.name}" is ${found.type}`;
  return [{ pointer, code: 'columnType', message, hint: 'Rows are split by categories or numbers' }];
}

/** Every part of the split needs at least one row. */
export function checkSplit(
  { split }: CreateRun,
  rows: number,
  columns: readonly DatasetColumn[],
  target: string | undefined,
): ProblemItem[] {
  const problems = columnProblems(split, columns, target);
  const { train, validation } = split;
  if (typeof train !== 'number' || typeof validation !== 'number') return problems;
  const parts = splitSizes(rows, { train, validation });
  if (parts.train > 0 && parts.validation > 0) return problems;
  const message = `a part of the split is empty with ${countOf(rows, 'row')}`;
  const hint = 'Add rows, or make the smaller part larger';
  return [...problems, { pointer: '/split', code: 'tooFewRows', message, hint }];
}
