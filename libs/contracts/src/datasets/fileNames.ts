// What the names of files tell of their format.

import type { DatasetFormat } from './columns.js';

const BY_ENDING: Readonly<Record<string, DatasetFormat>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.tab': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.npy': 'npy',
  '.npz': 'npz',
  '.parquet': 'parquet',
  '.zip': 'images',
};

/** The endings that tell a format; `.gz` may follow. */
export const datasetEndings: readonly string[] = Object.keys(BY_ENDING);

/** The format that a file's name tells, gzip or not; null when it tells none. */
export function datasetFormatOf(file: string): DatasetFormat | null {
  const ending = /.(\.[^./\\]+)$/.exec(file.toLowerCase().replace(/\.gz$/, ''))?.[1] ?? '';
  return BY_ENDING[ending] ?? null;
}
