// Some rows of a CSV file by their position, by name of column. Reads the file from its start: a page costs what lies
// before it, too.

import { recordBatches, type CsvRecord } from './records.js';

export interface CsvPage {
  readonly rows: Record<string, string>[];
  /** The line on which each row ends. */
  readonly lines: number[];
  /** Whether rows follow. */
  readonly hasMore: boolean;
}

/** Rows `from` (the first being 0) to `from + limit` of a file that was checked. */
export async function readCsvPage(
  source: AsyncIterable<Uint8Array | string>,
  from: number,
  limit: number,
): Promise<CsvPage> {
  let names: readonly string[] | null = null;
  let position = 0;
  const found: CsvRecord[] = [];
  for await (const records of recordBatches(source, { maxBytes: Number.MAX_SAFE_INTEGER })) {
    for (const record of records) {
      if (names === null) names = record.fields.map((name) => name.trim());
      else if (position++ >= from) found.push(record);
    }
    if (found.length > limit) break;
  }
  const header = names ?? [];
  const shown = found.slice(0, limit);
  return {
    rows: shown.map(({ fields }) => Object.fromEntries(header.map((name, at) => [name, fields[at] ?? '']))),
    lines: shown.map(({ line }) => line),
    hasMore: found.length > limit,
  };
}
