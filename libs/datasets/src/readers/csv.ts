// CSV and TSV, plain or gzip: the first line names the columns.

import { countOf, type ProblemItem } from '@gradstream/contracts';
import { maybeGunzip } from './gzip.js';
import type { ReadLimits } from './limits.js';
import { MAX_PROBLEMS, quoted, type ProblemList, unreadable } from './problems.js';
import { CsvSyntaxError, recordBatches, type CsvRecord } from './records.js';
import type { Batch, TableSource } from './source.js';

/** Problems of the names that a header line has, the first hundred; of too many names, their number alone. */
function headerProblems(names: readonly string[], line: number, maxColumns: number): ProblemItem[] {
  if (names.length > maxColumns) {
    const message = `${names.length} columns, the limit is ${maxColumns}`;
    return [{ line, code: 'tooManyColumns', message }];
  }
  const problems: ProblemItem[] = [];
  const seen = new Set<string>();
  names.forEach((name, index) => {
    const at = { line, column: index + 1 };
    if (name === '')
      problems.push({ ...at, code: 'emptyHeader', message: 'the header has a column without a name' });
    else if (seen.has(name))
      problems.push({ ...at, code: 'duplicateHeader', message: `the name ${quoted(name)} is there twice` });
    seen.add(name);
  });
  if (names.length === 1 && names[0]?.includes(';') === true) {
    const message = 'the header has one column, with ";" in its name';
    const hint = 'Separate fields with commas, and write numbers with a decimal point';
    problems.push({ line, code: 'separator', message, hint });
  }
  return problems.slice(0, MAX_PROBLEMS);
}

/** Records as columns; a record of another length is a problem and left out. */
function toBatch(records: readonly CsvRecord[], width: number, problems: ProblemList): Batch {
  const columns = Array.from({ length: width }, () => ({ kind: 'cells' as const, cells: [] as string[] }));
  const lines: number[] = [];
  for (const { fields, line } of records) {
    if (fields.length !== width) {
      problems.add({
        line,
        column: Math.min(fields.length, width),
        code: 'ragged',
        message: `has ${countOf(fields.length, 'field')}, the header ${width}`,
        hint:
          fields.length > width ? 'Quote fields that contain the separator' : 'The line has too few fields',
      });
      continue;
    }
    lines.push(line);
    for (let at = 0; at < width; at++) columns[at]?.cells.push(fields[at] ?? '');
  }
  return { rows: lines.length, columns, lines };
}

/** The next records, with broken syntax as DATASET_UNREADABLE. */
async function nextRecords(records: AsyncGenerator<CsvRecord[]>): Promise<CsvRecord[] | null> {
  try {
    const next = await records.next();
    return next.done === true ? null : next.value;
  } catch (error) {
    throw error instanceof CsvSyntaxError ? unreadable(error.problem, error) : error;
  }
}

/**
 * Opens a CSV by reading its header. Memory: a chunk of the source and its records. Throws DATASET_UNREADABLE when there
 * is no header that names columns.
 */
export async function openCsv(
  source: AsyncIterable<Uint8Array | string>,
  limits: ReadLimits,
  delimiter: ',' | '\t',
): Promise<TableSource> {
  const { maxBytes, maxRecordBytes, maxColumns } = limits;
  const records = recordBatches(maybeGunzip(source), { maxBytes, maxRecordBytes, delimiter });
  const [header, ...rest] = (await nextRecords(records)) ?? [];
  if (header === undefined) {
    const hint = 'The first line names the columns';
    throw unreadable({ line: 1, code: 'empty', message: 'the file is empty', hint });
  }
  const names = header.fields.map((name) => name.trim());
  const [first, ...more] = headerProblems(names, header.line, maxColumns);
  if (first !== undefined) {
    await records.return(undefined);
    throw Object.assign(unreadable(first), { errors: [first, ...more] });
  }
  const close = async (): Promise<void> => {
    await records.return(undefined);
  };
  return {
    columns: names.map((name) => ({ name, fixed: null })),
    close,
    async *batches(problems) {
      try {
        for (let next: CsvRecord[] | null = rest; next !== null; next = await nextRecords(records))
          if (next.length > 0) yield toBatch(next, names.length, problems);
      } finally {
        await close();
      }
    },
  };
}
