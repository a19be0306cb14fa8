// Rows to predict for, out of what somebody typed or pasted: JSON, or lines of values.

import type { PredictionInput } from '@gradstream/sdk';
import { CsvError, parse } from 'csv-parse/browser/esm/sync';

export type Rows = Extract<PredictionInput, { rows: unknown }>['rows'];

const DELIMITERS = [',', ';', '\t'];

function parseJson(text: string): Rows {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new Error(`This is not valid JSON: ${what}.`, { cause: error });
  }
  if (Array.isArray(value))
    return value.length > 0 && !isRow(value[0]) ? [value as Rows[0]] : (value as Rows);
  if (isRow(value)) return [value];
  throw new Error('JSON has to be a list of rows, such as [{"column": 1}] or [[1, 2]].');
}

const isRow = (value: unknown): value is Rows[0] => typeof value === 'object' && value !== null;

function parseLines(text: string): string[][] {
  try {
    return parse(text, {
      bom: true,
      delimiter: DELIMITERS,
      trim: true,
      skipEmptyLines: true,
      relaxColumnCount: true,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new Error(`This is not valid CSV: ${error.message}.`, { cause: error });
  }
}

/**
 * Rows of a text. JSON begins with a bracket. The first line of a CSV names columns when it names one of the run's; else
 * each line has the values in the order of the run's columns. Throws an Error whose message says what to mend.
 */
export function parseRows(text: string, columns: readonly string[]): Rows {
  const trimmed = text.trim();
  if (trimmed === '') throw new Error('Type or paste at least one row.');
  if (/^[[{]/.test(trimmed)) return parseJson(trimmed);
  const [first = [], ...rest] = parseLines(trimmed);
  if (!first.some((cell) => columns.includes(cell))) return [first, ...rest];
  if (rest.length === 0) throw new Error('There are names of columns, but no row below them.');
  const long = rest.findIndex((row) => row.length !== first.length);
  if (long !== -1)
    throw new Error(
      `Row ${long + 1} has ${rest[long]?.length ?? 0} values, the first line names ${first.length} columns.`,
    );
  return rest.map((row) => Object.fromEntries(first.map((name, at) => [name, row[at] ?? ''])));
}

/** A place in the request as a person counts: "/rows/3/age" is row 4, age. Null for the request as a whole. */
export function placeOf(pointer: string | null): string | null {
  const [, row, column] = /^\/rows\/(\d+)(?:\/(.*))?$/s.exec(pointer ?? '') ?? [];
  if (row === undefined) return pointer === '' ? null : pointer;
  const place = `row ${Number(row) + 1}`;
  if (column === undefined) return place;
  const name = column.replaceAll('~1', '/').replaceAll('~0', '~');
  return `${place}, ${/^\d+$/.test(name) ? `value ${Number(name) + 1}` : name}`;
}
