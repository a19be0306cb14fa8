// What is kept of a preview and of statistics: a row of Postgres has to hold them, however wide the dataset is.

import type { DatasetPreview, FeatureStatistics } from '@gradstream/contracts';

const MAX_PREVIEW_BYTES = 2 ** 20;
const MAX_STATISTICS_BYTES = 8 * 2 ** 20;

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** The first rows that fit; at least one. */
export function boundPreview(
  rows: readonly (readonly DatasetPreview['rows'][number][number][])[],
  maxBytes = MAX_PREVIEW_BYTES,
): DatasetPreview['rows'] {
  const kept: DatasetPreview['rows'] = [];
  let bytes = 0;
  for (const row of rows) {
    bytes += bytesOf(row);
    if (kept.length > 0 && bytes > maxBytes) break;
    kept.push([...row]);
  }
  return kept;
}

/** Statistics with as many of the most frequent values as fit. */
export function boundStatistics(
  statistics: readonly FeatureStatistics[],
  maxBytes = MAX_STATISTICS_BYTES,
): FeatureStatistics[] {
  let bounded = [...statistics];
  for (let most = 64; bytesOf(bounded) > maxBytes && most >= 1; most = Math.floor(most / 2))
    bounded = bounded.map((column) => ({ ...column, top: column.top.slice(0, most) }));
  if (bytesOf(bounded) <= maxBytes) return bounded;
  return bounded.map((column) => ({ ...column, top: [] }));
}
