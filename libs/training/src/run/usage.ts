// How a checkpoint's weights are used, from the metadata of their file: rows become inputs as they were in training,
// outputs become answers.

import {
  GradstreamError,
  preprocessingSchema,
  toPointer,
  type PredictionRow,
  type Preprocessing,
  type ProblemItem,
} from '@gradstream/contracts';
import { preprocessRows, type Cell, type Row } from '@gradstream/datasets';
import { z } from 'zod';
import type { HostArray } from '../fit/data.js';
import { metadataValue, WEIGHTS_FILE } from './metadata.js';

/** What the metadata say. */
export interface Usage {
  /** Names in the order of a row's values. */
  readonly columns: readonly string[];
  /** Names of the classes by index; null for regression. */
  readonly classes: readonly string[] | null;
  readonly preprocessing: Preprocessing;
}

/** Rows to predict for. */
export interface GivenRows {
  readonly rows: readonly (PredictionRow | Row)[];
  /** The place in its dataset of the first one, from 0; null for rows of a request. */
  readonly from: number | null;
  /** The run's target columns, which rows may have: they are not looked at. */
  readonly targets: readonly string[];
}

/** So many problems are listed at most. */
const MAX_PROBLEMS = 100;

const classesSchema = z.array(z.string()).min(1);

/** The columns of fitted inputs, each once. */
const columnsOf = ({ inputs }: Preprocessing): string[] => [
  ...new Set(inputs.flatMap(({ features }) => features.map(({ column }) => column))),
];

/** The categories of the only fitted target; null for numbers, and for several targets. */
function categoriesOf({ targets: [target, ...more] }: Preprocessing): readonly string[] | null {
  const [feature] = more.length === 0 ? (target?.features ?? []) : [];
  return feature?.kind === 'label' || feature?.kind === 'oneHot' ? feature.categories : null;
}

/** Throws CHECKPOINT_INVALID when the metadata do not say how rows become inputs. */
export function readUsage(metadata: ReadonlyMap<string, string>): Usage {
  const preprocessing = metadataValue(metadata, 'preprocessing', preprocessingSchema);
  if (!preprocessing) {
    const detail = `${WEIGHTS_FILE} does not say how rows become inputs: its metadata have no "preprocessing", which a run writes with its weights. Train again, or use another checkpoint.`;
    throw new GradstreamError('CHECKPOINT_INVALID', detail);
  }
  const classes = categoriesOf(preprocessing) ?? metadataValue(metadata, 'classes', classesSchema) ?? null;
  return { columns: columnsOf(preprocessing), classes, preprocessing };
}

const refused = (errors: readonly ProblemItem[]): GradstreamError =>
  new GradstreamError('VALIDATION_FAILED', 'Correct the values that are named, and send the rows again.', {
    errors: errors.slice(0, MAX_PROBLEMS),
  });

/** A problem of a row with its place: in the request, or in words for a dataset, whose file may have no lines. */
function problemAt(
  { from }: GivenRows,
  path: readonly [row: number, ...string[]],
  { message, ...rest }: Omit<ProblemItem, 'pointer'>,
): ProblemItem {
  if (from === null) return { pointer: toPointer(['rows', ...path]), message, ...rest };
  const [row, column] = path;
  const where = column === undefined ? '' : `, column "${column}"`;
  return { message: `row ${from + row + 1} of the dataset${where}: ${message}`, ...rest };
}

/** A row by names, and what is wrong with its columns. */
function namedRow(
  usage: Usage,
  given: GivenRows,
  index: number,
): { row: Record<string, unknown>; problems: ProblemItem[] } {
  const row = given.rows[index] ?? [];
  const { columns } = usage;
  if (Array.isArray(row)) {
    const entries = columns.map((name, at) => [name, row[at]] as const);
    if (row.length === columns.length) return { row: Object.fromEntries(entries), problems: [] };
    const message = `has ${row.length} values, the run takes ${columns.length}`;
    const hint = `One for each of: ${shown(columns)}`;
    return { row: {}, problems: [problemAt(given, [index], { code: 'ragged', message, hint })] };
  }
  const known = new Set([...columns, ...given.targets]);
  const unknown = given.from === null ? Object.keys(row).filter((name) => !known.has(name)) : [];
  const problems = unknown.map((name) =>
    problemAt(given, [index, name], {
      code: 'unknownColumn',
      message: `the run has no input column "${name}"`,
      hint: `It takes: ${shown(columns)}`,
    }),
  );
  return { row, problems };
}

const shown = (columns: readonly string[]): string =>
  columns.length <= 8
    ? columns.join(', ')
    : `${columns.slice(0, 4).join(', ')} … ${columns.at(-1) ?? ''} (${columns.length} in all)`;

/** A part of a JSON pointer as it was (RFC 6901). */
const unescaped = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');

/** Rows by their preprocessing, whose errors point into the rows alone. */
function preprocessed(preprocessing: Preprocessing, given: GivenRows, rows: readonly Row[]): HostArray[] {
  try {
    return [...preprocessRows(preprocessing, rows)];
  } catch (error) {
    if (!(error instanceof GradstreamError) || error.code !== 'VALIDATION_FAILED') throw error;
    throw refused(
      error.errors.map(({ pointer = '', ...rest }) => {
        const [, row = '0', ...columns] = pointer.split('/').map(unescaped);
        return problemAt(given, [Number(row), ...columns], rest);
      }),
    );
  }
}

/** Columns that a dataset has not: without this, each value of them would be filled as a missing one. */
function missingColumns({ columns }: Usage, { rows, from }: GivenRows): ProblemItem[] {
  const [first] = rows;
  if (from === null || first === undefined || Array.isArray(first)) return [];
  return columns
    .filter((name) => !Object.hasOwn(first, name))
    .map((name) => ({
      pointer: '/dataset',
      code: 'missingColumn',
      message: `the dataset has no column "${name}", which is an input of the run`,
      hint: `The run takes: ${shown(columns)}`,
    }));
}

/** What JSON holds is what cells are; anything else was refused before. */
const asCells = (row: Record<string, unknown>): Row => row as Record<string, Cell>;

/**
 * The inputs of a network for rows, [rows, …] each. A column that an object of a request leaves out is a missing value; all
 * rows of a dataset have the columns of the first, and are refused without one. Throws VALIDATION_FAILED with places: of a
 * request pointers such as /rows/3/age, of a dataset the rows in words; at most 100 of columns and lengths, of values the
 * first.
 */
export function toInputs(usage: Usage, given: GivenRows): HostArray[] {
  const named = given.rows.map((_, index) => namedRow(usage, given, index));
  const problems = [...missingColumns(usage, given), ...named.flatMap((one) => one.problems)];
  if (problems.length > 0) throw refused(problems);
  return preprocessed(
    usage.preprocessing,
    given,
    named.map(({ row }) => asCells(row)),
  );
}
