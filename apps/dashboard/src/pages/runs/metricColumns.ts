// Columns of metrics: of which series, and whether its least, its greatest or its last value.

import { bestMetric, STEP_SERIES, SYSTEM_SERIES, type RunTableRow } from '@gradstream/sdk';

/** What of a run a column of a metric needs. */
type Measured = Pick<RunTableRow, 'summary'>;

export const STATISTICS = ['min', 'max', 'last'] as const;
export type Statistic = (typeof STATISTICS)[number];
/** `loss.min`; the name of a series may have dots itself, so the last one separates. */
export type MetricColumn = `${string}.${Statistic}`;

const NAMES: Readonly<Record<Statistic, string>> = { min: 'lowest', max: 'highest', last: 'last' };

export const isColumn = (text: string): text is MetricColumn => /^[^,]+\.(?:min|max|last)$/s.test(text);

export function partsOf(column: MetricColumn): { readonly series: string; readonly statistic: Statistic } {
  const at = column.lastIndexOf('.');
  const statistic = STATISTICS.find((name) => name === column.slice(at + 1)) ?? 'last';
  return { series: column.slice(0, at), statistic };
}

/** What a column is called: "loss, lowest". */
export function labelOf(column: MetricColumn): string {
  const { series, statistic } = partsOf(column);
  return `${series}, ${NAMES[statistic]}`;
}

/** The series that some of the runs have, in alphabetical order. */
export const seriesOf = (rows: readonly Measured[]): string[] =>
  [...new Set(rows.flatMap(({ summary }) => Object.keys(summary)))].sort();

/** Series that are listed together. */
export interface SeriesGroup {
  readonly title: string;
  readonly series: readonly string[];
}

const OF_SYSTEM: ReadonlySet<string> = new Set([...SYSTEM_SERIES, 'stepMs']);
const OF_TRAINING: ReadonlySet<string> = new Set(
  STEP_SERIES.filter((name) => name !== 'loss' && !OF_SYSTEM.has(name)),
);

/** Series by what they are of, in their order: what was measured of the network, how it was trained, and on what. */
export function groupsOf(series: readonly string[]): readonly SeriesGroup[] {
  const groups: readonly SeriesGroup[] = [
    { title: 'Metrics', series: series.filter((name) => !OF_SYSTEM.has(name) && !OF_TRAINING.has(name)) },
    { title: 'Training', series: series.filter((name) => OF_TRAINING.has(name)) },
    { title: 'System', series: series.filter((name) => OF_SYSTEM.has(name)) },
  ];
  return groups.filter((group) => group.series.length > 0);
}

export interface BestMetric {
  readonly column: MetricColumn;
  /** The update step at which it was best. */
  readonly step: number | null;
}

/** The metric that says best how good a run is, as a column; null for a run that has measured none. */
export function bestOf({ summary }: Measured): BestMetric | null {
  const best = bestMetric(summary);
  return best && { column: `${best.series}.${best.statistic}`, step: best.step };
}
