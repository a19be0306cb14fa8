// The first rows of a CSV file, as they are in it.

import type { Readable } from 'node:stream';
import { readRecords } from './records.js';

/** Header and first rows. Reads little more of the source than it returns, and ends it. */
export async function previewCsv(
  source: Readable,
  rows: number,
): Promise<{ columns: string[]; rows: string[][] }> {
  const records: string[][] = [];
  try {
    await readRecords(source, Number.MAX_SAFE_INTEGER, ({ fields }) => {
      if (records.length > rows) throw new Error('the file has more rows than are shown');
      records.push([...fields]);
    });
  } catch (error) {
    // With all records there it is our own, or the abortion of the source that it brought about.
    if (records.length <= rows) throw error;
  }
  const [columns = [], ...rest] = records;
  return { columns: columns.map((name) => name.trim()), rows: rest };
}
