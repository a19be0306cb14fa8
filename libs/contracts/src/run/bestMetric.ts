// Which number says best how good a run is.

import { directionOf } from '../training/direction.js';
import type { WireNumber } from '../common/numbers.js';
import type { RunSummary } from './table.js';

/** What was measured on other data than that trained on says more, and a metric more than the loss. */
function rankOf(series: string): number {
  const isValidation = /^val[A-Z]/.test(series);
  const isLoss = /^(?:val)?loss$/i.test(series);
  return (isValidation ? 2 : 0) + (isLoss ? 0 : 1);
}

export interface BestMetric {
  readonly series: string;
  /** Whether less or more of it is better. */
  readonly statistic: 'min' | 'max';
  /** Null when no value was a number. */
  readonly value: WireNumber | null;
  /** The update step at which it was best. */
  readonly step: number | null;
}

/**
 * The metric that says best how good a run is: one on validation data before others, a metric before the loss, and of
 * those the first by name. Null for a run that has measured nothing of which it is known whether more is better.
 */
export function bestMetric(summary: RunSummary): BestMetric | null {
  const [series] = Object.keys(summary)
    .filter((name) => directionOf(name) !== null)
    .sort((a, b) => rankOf(b) - rankOf(a) || (a < b ? -1 : 1));
  const measured = series === undefined ? undefined : summary[series];
  if (series === undefined || !measured) return null;
  return directionOf(series) === 'max'
    ? { series, statistic: 'max', value: measured.max, step: measured.maxStep }
    : { series, statistic: 'min', value: measured.min, step: measured.minStep };
}
