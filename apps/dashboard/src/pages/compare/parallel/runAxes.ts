// The axes that runs can be compared on: each setting that differs among them, and each metric that they have measured.

import { fromWireNumber, type Run, type RunTableRow } from '@gradstream/sdk';
import { numberAxis, settingAxis, type ParallelAxis } from '../../../charts/parallelAxes.js';
import { bestOf, groupsOf, labelOf, partsOf, seriesOf, STATISTICS } from '../../runs/metricColumns.js';
import type { MetricColumn } from '../../runs/metricColumns.js';
import { compareSettings } from '../differences.js';

type Compared = Pick<Run, 'id' | 'spec'>;
type Measured = Pick<RunTableRow, 'id' | 'summary'> & { readonly dataset: { readonly name: string } | null };

export interface RunAxes {
  readonly settings: readonly ParallelAxis[];
  /** Of each series its lowest, highest and last value, grouped as the series are. */
  readonly metrics: readonly ParallelAxis[];
  /** All of them, as they are listed. */
  readonly groups: readonly { readonly title: string; readonly axes: readonly ParallelAxis[] }[];
  /** Ids of those that are shown unless somebody chooses others. */
  readonly usual: readonly string[];
  /** The axis of the metric that says best how good the runs are; null where nothing was measured. */
  readonly best: string | null;
}

/** More axes than these are hard to read. */
const USUAL_SETTINGS = 6;

const shortTitle = (path: string): string => path.split('.').slice(-2).join('.');

function settingsOf(runs: readonly Compared[], rows: readonly Measured[]): ParallelAxis[] {
  const settings = compareSettings(runs.map(({ spec }) => spec)).filter(({ isDifferent }) => isDifferent);
  return settings.map(({ path, values }) => {
    if (path !== 'dataset') return settingAxis(path, shortTitle(path), values);
    // Two datasets may have one name, but their ids say nothing to people.
    const names = values.map((id, at) => {
      const { dataset } = rows.find((row) => row.id === runs[at]?.id) ?? {};
      return dataset ? JSON.stringify(dataset.name) : id;
    });
    return settingAxis(path, path, names);
  });
}

function metricOf(column: MetricColumn, runs: readonly Compared[], rows: readonly Measured[]): ParallelAxis {
  const { series, statistic } = partsOf(column);
  const values = runs.map(({ id }) => {
    const value = rows.find((row) => row.id === id)?.summary[series]?.[statistic];
    return value == null ? null : fromWireNumber(value);
  });
  return numberAxis(column, labelOf(column), values);
}

/** A few settings: those that set runs apart before those that some runs have and others lack. */
function usualSettings(settings: readonly ParallelAxis[]): readonly ParallelAxis[] {
  const parts = ({ values }: ParallelAxis): boolean =>
    new Set(values.filter((value) => value !== null)).size > 1;
  const first = settings.filter(parts);
  const chosen = first.length >= 2 ? first : settings;
  return chosen.slice(0, USUAL_SETTINGS);
}

/** All axes of some runs, whose rows have what they measured. */
export function axesOf(runs: readonly Compared[], rows: readonly Measured[]): RunAxes {
  const settings = settingsOf(runs, rows);
  const groups = groupsOf(seriesOf(rows)).map(({ title, series }) => ({
    title,
    axes: series.flatMap((name) =>
      STATISTICS.map((statistic) => metricOf(`${name}.${statistic}`, runs, rows)),
    ),
  }));
  const metrics = groups.flatMap((group) => group.axes);
  const best = rows.map((row) => bestOf(row)?.column).find((column) => column !== undefined) ?? null;
  const told = metrics.some(({ id }) => id === 'loss.last') && best !== 'loss.last' ? ['loss.last'] : [];
  return {
    settings,
    metrics,
    groups: [{ title: 'Settings that differ', axes: settings }, ...groups],
    usual: [...usualSettings(settings).map(({ id }) => id), ...told, ...(best ? [best] : [])],
    best,
  };
}
