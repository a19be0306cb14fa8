import type { DatasetColumn, FeatureStatistics, ShardIndex } from '@gradstream/contracts';

/** Columns as they are listed with a dataset: of the index and of the statistics what a run is checked against. */
export function columnsOf(
  { columns }: ShardIndex,
  statistics: readonly FeatureStatistics[],
): DatasetColumn[] {
  return columns.map(({ name, type, shape }, place) => {
    const {
      missing = 0,
      distinct = null,
      min = null,
      max = null,
      mean = null,
      std = null,
    } = statistics[place] ?? {};
    const shown = type === 'image' || type === 'array' ? shape : [];
    return { name, type, shape: shown, missing, distinct, min, max, mean, std };
  });
}
