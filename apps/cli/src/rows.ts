// Rows of a file, to predict for: JSON as the API takes it, or a CSV whose first line names the columns.

import path from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import type { PredictionInput } from '@gradstream/sdk';
import { parseJson, readBytes } from './files.js';

export type Rows = Extract<PredictionInput, { rows: unknown }>['rows'];

/** Rows without the columns that are none of some, and the names of those; rows that are lists stay as they are. */
export function onlyColumns(rows: Rows, columns: readonly string[]): { rows: Rows; left: string[] } {
  const wanted = new Set(columns);
  const left = new Set<string>();
  const kept = rows.map((row) => {
    if (Array.isArray(row)) return row;
    return Object.fromEntries(Object.entries(row).filter(([name]) => wanted.has(name) || !left.add(name)));
  });
  return { rows: kept, left: [...left] };
}

/** What one request may have. */
export interface BatchLimits {
  readonly rows: number;
  /** Of the JSON of its rows, with the brackets around them. */
  readonly bytes: number;
}

/** Rows in batches within limits, in their order; one that is too large by itself is a batch of its own. */
export function* batchesOf(rows: Rows, { rows: most, bytes: room }: BatchLimits): Generator<Rows> {
  let batch: Rows = [];
  let size = 2;
  for (const row of rows) {
    const bytes = Buffer.byteLength(JSON.stringify(row)) + 1;
    if (batch.length > 0 && (batch.length >= most || size + bytes > room)) {
      yield batch;
      [batch, size] = [[], 2];
    }
    batch.push(row);
    size += bytes;
  }
  if (batch.length > 0) yield batch;
}

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
