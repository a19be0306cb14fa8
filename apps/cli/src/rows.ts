// Rows of a file, to predict for: JSON as the API takes it, or a CSV whose first line names the columns.

import path from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import type { PredictionInput } from '@gradstream/sdk';
import { parseJson, readBytes } from './files.js';

export type Rows = Extract<PredictionInput, { rows: unknown }>['rows'];

/** Rows of a CSV, as objects by name of column. */
function parseCsv(text: string, file: string): Rows {
  try {
    return parse(text, { bom: true, columns: (names: string[]) => names.map((name) => name.trim()) });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new Error(`${path.resolve(file)} is not valid CSV: ${error.message}.`, { cause: error });
  }
}

/** The rows of a file; its name says whether it is JSON or CSV. */
export async function readRows(file: string): Promise<Rows> {
  const text = (await readBytes(file)).toString('utf8');
  if (path.extname(file).toLowerCase() === '.csv') return parseCsv(text, file);
  const value = parseJson(text, file);
  if (Array.isArray(value)) return value as Rows;
  throw new Error(
    `${path.resolve(file)} holds no list of rows: write [{"column": 1, …}, …], or name a .csv.`,
  );
}
