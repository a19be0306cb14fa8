/** How much is kept of each column for its statistics. */
export interface StatisticsDetail {
  /** Numbers in a buffer of the sketch of quantiles, a power of two: up to as many they are exact. */
  readonly quantileBuffer: number;
  /** Distinct values that are counted. */
  readonly maxDistinct: number;
}

/** The detail for a number of columns: of many, less is kept of each, so that all together take about 100 MB. */
export function detailFor(columns: number): StatisticsDetail {
  const share = Math.min(8192, Math.max(256, 2 ** 20 / columns));
  return { quantileBuffer: 2 ** Math.floor(Math.log2(share)), maxDistinct: columns > 1000 ? 100 : 1000 };
}
