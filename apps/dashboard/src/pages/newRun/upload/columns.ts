// The columns that the beginning of a text file names.

import type { DatasetFormat, FeatureType } from '@gradstream/sdk';
import { CsvError, parse } from 'csv-parse/browser/esm/sync';
import { isRecord, parsed } from '../../../ui/json/values.js';

export interface FileColumn {
  readonly name: string;
  /** Some of its values. */
  readonly sample: readonly string[];
}

/** Types that may be said of a column of a text file; lists of numbers are in JSON alone. */
export const typesOf = (format: DatasetFormat): readonly FeatureType[] =>
  format === 'jsonl'
    ? ['numeric', 'categorical', 'text', 'timestamp', 'array']
    : ['numeric', 'categorical', 'text', 'timestamp'];

const ROWS = 3;

function ofLines(text: string, delimiter: string): readonly FileColumn[] {
  try {
    const rows: string[][] = parse(text, { bom: true, delimiter, to: ROWS + 1, relaxColumnCount: true });
    const [names = [], ...values] = rows;
    return names.map((name, at) => ({ name, sample: values.map((row) => row[at] ?? '') }));
  } catch (error) {
    if (error instanceof CsvError) return []; // What is wrong with it, the check says with its line.
    throw error;
  }
}

const shown = (value: unknown): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);

function ofObjects(text: string): readonly FileColumn[] {
  const lines = text.split('\n', ROWS).filter((line) => line.trim() !== '');
  const objects = lines
    .map(parsed)
    .flatMap((found) => ('value' in found && isRecord(found.value) ? [found.value] : []));
  const names = [...new Set(objects.flatMap((object) => Object.keys(object)))];
  return names.map((name) => ({ name, sample: objects.map((object) => shown(object[name])) }));
}

/** The columns with their first values; none of a format that is no text, or of a text that cannot be read. */
export function columnsOf(text: string, format: DatasetFormat): readonly FileColumn[] {
  if (format === 'csv') return ofLines(text, ',');
  if (format === 'tsv') return ofLines(text, '\t');
  return format === 'jsonl' ? ofObjects(text) : [];
}
