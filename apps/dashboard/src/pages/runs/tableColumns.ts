// The columns of the table: what they show, how wide they are, and what a click on their head sorts by.

import { isColumn, labelOf, type MetricColumn } from './metricColumns.js';
import type { RunSort, RunsView } from './runsView.js';

export interface Column {
  readonly id: string;
  readonly label: string;
  /** Pixels; the first column of text takes what is left. */
  readonly width: number;
  readonly sort: RunSort | null;
}

const NAME_WIDTH = 190;
const METRIC_WIDTH = 116;

/** The metrics that a view shows: those that were chosen, and the one that it sorts by. */
export const metricsOf = ({ columns, sort }: RunsView): readonly MetricColumn[] =>
  isColumn(sort) && !columns.includes(sort) ? [...columns, sort] : columns;

/** All columns between the box that selects a row and its menu. */
export const tableColumns = (metrics: readonly MetricColumn[]): readonly Column[] => [
  { id: 'name', label: 'Name', width: NAME_WIDTH, sort: 'name' },
  { id: 'state', label: 'State', width: 116, sort: 'state' },
  { id: 'progress', label: 'Progress', width: 212, sort: 'step' },
  { id: 'loss', label: 'Loss', width: 108, sort: null },
  { id: 'best', label: 'Best', width: 112, sort: null },
  ...metrics.map((column) => ({
    ...{ id: column, label: labelOf(column), width: METRIC_WIDTH, sort: column },
  })),
  { id: 'dataset', label: 'Dataset', width: 96, sort: null },
  { id: 'model', label: 'Model', width: 96, sort: null },
  { id: 'duration', label: 'Duration', width: 96, sort: 'duration' },
  { id: 'tags', label: 'Tags', width: 112, sort: null },
];

const SELECT_WIDTH = 40;
const MENU_WIDTH = 44;

/** The columns as a grid's template, and the least width of a row. */
export function templateOf(columns: readonly Column[]): {
  readonly template: string;
  readonly width: number;
} {
  const tracks = columns.map(({ id, width }) => (id === 'name' ? `minmax(${width}px, 1fr)` : `${width}px`));
  const width = columns.reduce((sum, column) => sum + column.width, SELECT_WIDTH + MENU_WIDTH);
  return { template: `${SELECT_WIDTH}px ${tracks.join(' ')} ${MENU_WIDTH}px`, width };
}
