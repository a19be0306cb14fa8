// A dataset as a person reads it.

import type { Dataset, DatasetStats, FeatureStatistics } from '@gradstream/sdk';
import { formatBytes, formatNumber } from './format.js';
import { problemLine } from './output.js';
import { tableLines } from './table.js';

/** Values that are shown of a column. */
const SHOWN_VALUES = 3;
/** Longest value that is shown whole. */
const VALUE_LENGTH = 24;

const short = (text: string): string =>
  text.length > VALUE_LENGTH ? `${text.slice(0, VALUE_LENGTH - 1)}…` : text;

/** The most frequent values, with how often they are there. */
function topOf({ top, type }: FeatureStatistics): string {
  if (type === 'numeric' && top.length === 0) return '';
  const shown = top.slice(0, SHOWN_VALUES).map(({ value, count }) => `${short(value)} ×${count}`);
  return shown.join(', ') + (top.length > SHOWN_VALUES ? ', …' : '');
}

const HEADER = ['column', 'type', 'missing', 'distinct', 'min', 'max', 'mean', 'std', 'most frequent'];

/** What is known of each column. */
export const columnLines = ({ columns }: Pick<DatasetStats, 'columns'>): string[] =>
  tableLines(
    HEADER,
    columns.map((column) => [
      column.name,
      column.type,
      String(column.missing),
      column.distinct === null ? 'many' : String(column.distinct),
      ...[column.min, column.max, column.mean, column.std].map(formatNumber),
      topOf(column),
    ]),
  );

/** What the dataset is, and what is to be done about it where it is not ready. */
export function datasetLines({ id, name, state, format, rowCount, bytes, problems }: Dataset): string[] {
  const size = [
    ...(rowCount === null ? [] : [rowCount === 1 ? '1 row' : `${rowCount} rows`]),
    ...(bytes === null ? [] : [formatBytes(bytes)]),
  ];
  const head = `${id}  ${name}: ${[state, format, ...size].join(', ')}`;
  if (state === 'uploading') return [head, 'Its file has not arrived yet.'];
  if (state === 'checking') return [head, 'The server checks it; its columns are known after that.'];
  return problems.length === 0 ? [head] : [head, 'What is wrong with it:', ...problems.map(problemLine)];
}
