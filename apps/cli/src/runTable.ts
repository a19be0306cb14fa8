// Runs as rows of a table.

import { bestMetric, fromWireNumber, isFinal, type RunTableRow } from '@gradstream/sdk';
import { formatDuration, formatNumber, formatTime } from './format.js';
import type { ChosenMetric } from './runSort.js';

/** Where a run stands, with why it failed, or what it was asked for. */
function stateText({ state, failure, pauseRequested, cancelRequested }: RunTableRow): string {
  if (failure !== null) return `${state}, ${failure}`;
  if (isFinal(state)) return state;
  return cancelRequested ? `${state}, to be cancelled` : pauseRequested ? `${state}, to be paused` : state;
}

function progressText({ step, totalSteps }: RunTableRow): string {
  if (totalSteps === null) return step === 0 ? '' : `step ${step}`;
  return `${Math.floor((100 * step) / Math.max(1, totalSteps))} %`;
}

/** Seconds since a run was started, to its end; null before its start. */
export function secondsOf(
  { startedAt, finishedAt, state }: Pick<RunTableRow, 'startedAt' | 'finishedAt' | 'state'>,
  now: number,
): number | null {
  if (startedAt === null) return null;
  const end = finishedAt !== null && isFinal(state) ? Date.parse(finishedAt) : now;
  return Math.max(0, (end - Date.parse(startedAt)) / 1000);
}

/** What it is sorted by; else the metric that says best how good the run is, with its name. */
function metricText({ summary }: RunTableRow, metric: ChosenMetric | null): string {
  if (metric) return formatNumber(summary[metric.series]?.[metric.statistic]);
  const best = bestMetric(summary);
  return best === null || best.value === null || Number.isNaN(fromWireNumber(best.value))
    ? ''
    : `${best.series} ${formatNumber(best.value)}`;
}

/** Titles of the columns. */
export const runHeader = (metric: ChosenMetric | null): string[] => [
  ...['id', 'name', 'state', 'progress', metric ? `${metric.series}:${metric.statistic}` : 'best metric'],
  ...['duration', 'dataset', 'model', 'created'],
];

/** Titles of those that give way where a terminal is narrow. */
export const FLEXIBLE = ['name', 'state', 'dataset', 'model'];

/** The cells of a run; `now` in ms since 1970. */
export function runCells(row: RunTableRow, metric: ChosenMetric | null, now: number): string[] {
  const seconds = secondsOf(row, now);
  return [
    ...[row.id, row.name, stateText(row), progressText(row), metricText(row, metric)],
    ...[seconds === null ? '' : formatDuration(seconds), row.dataset?.name ?? '(deleted)', row.model.name],
    formatTime(row.createdAt),
  ];
}
