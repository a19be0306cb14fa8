// Streams a CSV file as records with their lines. Knows syntax only: what the fields mean is for others.

import type { ProblemItem } from '@gradstream/contracts';
import { CsvError, parse, type Info } from 'csv-parse';
import { DEFAULT_LIMITS } from './limits.js';
import { decodeText, TextError } from './text.js';

export interface CsvRecord {
  readonly fields: readonly string[];
  /** Line on which the record ends, the first being 1. */
  readonly line: number;
}

/** A file that cannot be read any further. */
export class CsvSyntaxError extends Error {
  constructor(readonly problem: ProblemItem) {
    super(problem.message);
  }
}

export interface RecordOptions {
  readonly maxBytes: number;
  readonly maxRecordBytes?: number;
  /** What separates fields; a comma unless said otherwise. */
  readonly delimiter?: ',' | '\t';
}

/** Errors of the decoder and of csv-parse in our words. */
function toSyntaxError(error: unknown): unknown {
  if (error instanceof TextError) {
    const { line, code, message, hint } = error;
    const problem = { line, code, message, ...(hint === undefined ? {} : { hint }) };
    return Object.assign(new CsvSyntaxError(problem), { cause: error });
  }
  if (!(error instanceof CsvError)) return error;
  const lines: unknown = Reflect.get(error, 'lines');
  return new CsvSyntaxError({
    line: typeof lines === 'number' ? lines : 1,
    code: 'syntax',
    message: `broken quoting or an overlong line: ${error.message}`,
    hint: 'Close every quote; write a quote inside a field as two',
  });
}

const overlong = (line: number, limit: number): CsvSyntaxError =>
  new CsvSyntaxError({
    line,
    code: 'syntax',
    message: `a record is longer than ${limit} characters`,
    hint: 'Close every quote, and end each record with a line break',
  });

/**
 * The records of each chunk of a source, empty lines left out. No more is held than one chunk's records and one record
 * that is not complete. Throws CsvSyntaxError; errors of the source pass through.
 */
export async function* recordBatches(
  source: AsyncIterable<Uint8Array | string>,
  { maxBytes, maxRecordBytes = DEFAULT_LIMITS.maxRecordBytes, delimiter = ',' }: RecordOptions,
): AsyncGenerator<CsvRecord[]> {
  let records: CsvRecord[] = [];
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: maxRecordBytes,
    // Taken here, one by one and without a stream of objects, which costs several times the parsing itself.
    on_record: (fields: string[], { lines }: Pick<Info, 'lines'>) => {
      records.push({ fields, line: lines });
      return null;
    },
  });
  let reject: (error: unknown) => void = () => undefined;
  parser.on('error', (error) => {
    reject(error);
  });
  const feed = (text: string | null): Promise<void> =>
    new Promise((resolve, fail) => {
      reject = fail;
      const done = (error?: Error | null) => {
        if (error) fail(error);
        else resolve();
      };
      if (text === null) parser.resume().end(done);
      else parser.write(text, done);
    });
  try {
    let line = 1;
    let open = 0;
    for await (const text of decodeText(source, maxBytes)) {
      await feed(text);
      // csv-parse's own limit does not count the separators of empty fields.
      open = records.length > 0 ? 0 : open + text.length;
      line = records.at(-1)?.line ?? line;
      if (open > maxRecordBytes) throw overlong(line, maxRecordBytes);
      if (records.length > 0) yield records;
      records = [];
    }
    await feed(null);
    if (records.length > 0) yield records;
  } catch (error) {
    // What came before the mistake is handed on: its problems are as true as this one.
    if (records.length > 0) yield records;
    throw toSyntaxError(error);
  } finally {
    parser.destroy();
  }
}
