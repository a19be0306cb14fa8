// Problems of the split: a column that does not suit, parts without rows.

import {
  countOf,
  type ValidateRun,
  type Dataset,
  type DatasetColumn,
  type FeatureStatistics,
  type ProblemItem,
} from '@gradstream/contracts';
import { splitSizes } from '@gradstream/datasets';

/** The column by which rows are split: classes for shares, values for parts. */
function columnProblems(
  { by, column }: ValidateRun['split'],
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

/** Parts of a split by column whose values no row has. Told of categories alone, when all of them are known. */
function valueProblems(
  { train, validation, column }: ValidateRun['split'],
  statistics: readonly FeatureStatistics[] | null,
): ProblemItem[] {
  const found = statistics?.find(({ name }) => name === column);
  if (found?.type !== 'categorical' || found.distinct !== found.top.length) return [];
  const known = new Set(found.top.map(({ value }) => value));
  return Object.entries({ train, validation }).flatMap(([part, values]) => {
    if (!Array.isArray(values) || values.some((value) => known.has(value))) return [];
    const message = `no row of column "${found.name}" has one of ${values.map((value) => `"${value}"`).join(', ')}`;
    const hint = `Its values are ${[...known].slice(0, 20).join(', ')}`;
    return [{ pointer: `/split/${part}`, code: 'tooFewRows', message, hint }];
  });
}

/** Rows can be stratified by one column alone. */
function stratifyProblems({ by, column }: ValidateRun['split'], targets: ReadonlySet<string>): ProblemItem[] {
  if (by !== 'stratified' || column !== undefined || targets.size < 2) return [];
  const message = `rows are stratified by one column, and the targets are ${[...targets].join(', ')}`;
  return [{ pointer: '/split/column', code: 'severalTargets', message, hint: 'Name the column' }];
}

/**
 * Every part of the split needs at least one row. `targets` has the first column of each. Statistics are needed for a
 * split by column alone.
 */
export function checkSplit(
  { split }: ValidateRun,
  { rowCount, columns }: Pick<Dataset, 'rowCount' | 'columns'>,
  targets: ReadonlySet<string>,
  statistics: readonly FeatureStatistics[] | null,
): ProblemItem[] {
  const [target] = targets;
  const problems = [
    ...stratifyProblems(split, targets),
    ...columnProblems(split, columns ?? [], targets.size === 1 ? target : undefined),
  ];
  const { train, validation } = split;
  if (typeof train !== 'number' || typeof validation !== 'number')
    return [...problems, ...valueProblems(split, statistics)];
  const rows = rowCount ?? 0;
  const parts = splitSizes(rows, { train, validation });
  if (parts.train > 0 && parts.validation > 0) return problems;
  const message = `a part of the split is empty with ${countOf(rows, 'row')}`;
  const hint = 'Add rows, or make the smaller part larger';
  return [...problems, { pointer: '/split', code: 'tooFewRows', message, hint }];
}
