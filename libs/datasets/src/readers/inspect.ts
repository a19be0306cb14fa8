// The check of a CSV file: header, types, every field; problems with line and column, statistics of each column.

import { countOf, type ColumnType, type DatasetColumn, type ProblemItem } from '@gradstream/contracts';
import type { Readable } from 'node:stream';
import { isMissing, parseNumber } from './cells.js';
import { CsvSyntaxError, readRecords, type CsvRecord } from './records.js';
import { ColumnStatistics } from './statistics.js';

/** Rows from which types are inferred. */
const SAMPLE_ROWS = 1000;
const MAX_PROBLEMS = 100;
const MAX_COLUMNS = 10_000;

export interface InspectOptions {
  readonly maxBytes: number;
  /** Types that are not to be inferred. */
  readonly columnTypes?: Readonly<Record<string, ColumnType>>;
}

export type Inspection =
  | { readonly ok: true; readonly rows: number; readonly columns: DatasetColumn[] }
  | { readonly ok: false; readonly problems: ProblemItem[] };

/** Problems of the header line. */
function checkHeader(
  { fields, line }: CsvRecord,
  types: Readonly<Record<string, ColumnType>>,
): ProblemItem[] {
  const problems: ProblemItem[] = [];
  const seen = new Set<string>();
  fields.forEach((field, index) => {
    const name = field.trim();
    const at = { line, column: index + 1 };
    if (name === '')
      problems.push({ ...at, code: 'emptyHeader', message: 'the header has a column without a name' });
    else if (seen.has(name))
      problems.push({ ...at, code: 'duplicateHeader', message: `the name "${name}" is there twice` });
    seen.add(name);
  });
  if (fields.length === 1 && fields[0]?.includes(';')) {
    problems.push({
      line,
      code: 'separator',
      message: 'the header has one column, with ";" in its name',
      hint: 'Separate fields with commas, and write numbers with a decimal point',
    });
  }
  if (fields.length > MAX_COLUMNS) {
    problems.push({
      line,
      code: 'tooManyColumns',
      message: `${fields.length} columns, the limit is ${MAX_COLUMNS}`,
    });
  }
  for (const name of Object.keys(types)) {
    if (seen.has(name)) continue;
    problems.push({
      line,
      code: 'unknownColumn',
      message: `columnTypes names "${name}", which the header has not`,
    });
  }
  return problems;
}

/** The type of a column by its first values: numeric when all that are there are numbers. */
function inferType(fields: readonly string[]): ColumnType {
  const present = fields.filter((field) => !isMissing(field));
  return present.length > 0 && present.every((field) => parseNumber(field) !== null)
    ? 'numeric'
    : 'categorical';
}

/** Takes records in; keeps the first rows until the types are known. */
class Inspector {
  readonly problems: ProblemItem[] = [];
  #header: readonly string[] | null = null;
  #sample: CsvRecord[] = [];
  #columns: ColumnStatistics[] | null = null;
  #rows = 0;

  constructor(private readonly types: Readonly<Record<string, ColumnType>>) {}

  take(record: CsvRecord): void {
    if (this.#header === null) {
      this.#header = record.fields.map((field) => field.trim());
      this.problems.push(...checkHeader(record, this.types));
      return;
    }
    this.#rows++;
    const { length } = this.#header;
    if (record.fields.length !== length) {
      const found = record.fields.length;
      this.#report({
        line: record.line,
        column: Math.min(found, length),
        code: 'ragged',
        message: `has ${countOf(found, 'field')}, the header ${length}`,
        hint: found > length ? 'Quote fields that contain commas' : 'The line has too few fields',
      });
      return;
    }
    if (this.#columns) this.#measure(record, this.#columns);
    else if (this.#sample.push(record) === SAMPLE_ROWS) this.#settleTypes();
  }

  finish(): Inspection {
    if (this.#header === null)
      this.#report({
        line: 1,
        code: 'empty',
        message: 'the file is empty',
        hint: 'The first line names the columns',
      });
    else if (this.#rows === 0)
      this.#report({ line: 1, code: 'noRows', message: 'the file has a header and no rows' });
    if (this.#columns === null) this.#settleTypes();
    if (this.problems.length > 0) return { ok: false, problems: this.problems.slice(0, MAX_PROBLEMS) };
    return { ok: true, rows: this.#rows, columns: (this.#columns ?? []).map((column) => column.result()) };
  }

  #settleTypes(): void {
    const columns = (this.#header ?? []).map((name, index) => {
      const type = this.types[name] ?? inferType(this.#sample.map(({ fields }) => fields[index] ?? ''));
      return new ColumnStatistics(name, type);
    });
    this.#columns = columns;
    for (const record of this.#sample) this.#measure(record, columns);
    this.#sample = [];
  }

  #measure({ fields, line }: CsvRecord, columns: readonly ColumnStatistics[]): void {
    columns.forEach((column, index) => {
      const field = fields[index] ?? '';
      if (isMissing(field)) column.addMissing();
      else if (column.type === 'categorical') column.addText(field.trim());
      else this.#measureNumber(field, column, { line, column: index + 1 });
    });
  }

  #measureNumber(field: string, column: ColumnStatistics, at: { line: number; column: number }): void {
    const value = parseNumber(field);
    if (value !== null) {
      column.addNumber(value);
      return;
    }
    const message = `"${field.trim().slice(0, 40).toWellFormed()}" is no finite number, the column is numeric`;
    this.#report({
      ...at,
      code: 'notNumeric',
      message,
      hint: 'Correct it, leave it empty, or declare the column categorical',
    });
  }

  #report(problem: ProblemItem): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problem);
  }
}

/** Reads a CSV file to its end. The first 100 problems are listed; a broken syntax ends the reading. */
export async function inspectCsv(
  source: Readable,
  { maxBytes, columnTypes = {} }: InspectOptions,
): Promise<Inspection> {
  const inspector = new Inspector(columnTypes);
  try {
    await readRecords(source, maxBytes, (record) => {
      inspector.take(record);
    });
  } catch (error) {
    if (!(error instanceof CsvSyntaxError)) throw error;
    return { ok: false, problems: [...inspector.problems, error.problem].slice(0, MAX_PROBLEMS) };
  }
  return inspector.finish();
}
