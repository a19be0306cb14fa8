// What the page of runs shows, as its address says it: a link shows the same to others.

import type { RunState } from '@gradstream/sdk';
import { isColumn, type MetricColumn } from './metricColumns.js';

export const STATES: readonly RunState[] = [
  ...(['running', 'preparing', 'queued', 'paused', 'succeeded', 'failed', 'cancelled'] as const),
];
const PLAIN_SORTS = ['createdAt', 'name', 'state', 'duration', 'step'] as const;
export type RunSort = (typeof PLAIN_SORTS)[number] | MetricColumn;
export type Order = 'asc' | 'desc';

/** As many as one request cancels. */
export const MAX_SELECTED = 100;
/** As many as the page of comparison overlays. */
export const MAX_COMPARED = 20;

export interface RunsView {
  readonly search: string;
  readonly states: readonly RunState[];
  /** A run must have all of them. */
  readonly tags: readonly string[];
  readonly sort: RunSort;
  readonly order: Order;
  readonly columns: readonly MetricColumn[];
  /** Ids, in the order in which they were selected. */
  readonly selected: readonly string[];
}

const listOf = (text: string | null): string[] => [...new Set((text ?? '').split(',').filter(Boolean))];

const isSort = (text: string | null): text is RunSort =>
  text !== null && (PLAIN_SORTS.some((sort) => sort === text) || isColumn(text));

/** In which order one wants to see a sort first: newest, least loss, most of what is not named so. */
export function firstOrder(sort: RunSort): Order {
  if (sort === 'name' || sort === 'state') return 'asc';
  return sort.endsWith('.min') || /loss.*\.last$/i.test(sort) ? 'asc' : 'desc';
}

/** Reads an address; what it does not say, or says wrongly, is as usual. */
export function readView(params: URLSearchParams): RunsView {
  const given = params.get('sort');
  const sort = isSort(given) ? given : 'createdAt';
  const order = params.get('order');
  const states = listOf(params.get('state'));
  return {
    search: params.get('q') ?? '',
    states: STATES.filter((state) => states.includes(state)),
    tags: [...new Set(params.getAll('tag').filter(Boolean))],
    sort,
    order: order === 'asc' || order === 'desc' ? order : firstOrder(sort),
    columns: listOf(params.get('columns')).filter(isColumn),
    selected: listOf(params.get('selected')).slice(0, MAX_SELECTED),
  };
}

/** Writes an address; what is as usual is not said. Parameters of others stay. */
export function writeView(view: RunsView, before: URLSearchParams): URLSearchParams {
  const params = new URLSearchParams(before);
  const set = (name: string, value: string): void => {
    if (value === '') params.delete(name);
    else params.set(name, value);
  };
  set('q', view.search);
  set('state', view.states.join(','));
  params.delete('tag');
  for (const tag of view.tags) params.append('tag', tag);
  set('sort', view.sort === 'createdAt' ? '' : view.sort);
  set('order', view.order === firstOrder(view.sort) ? '' : view.order);
  set('columns', view.columns.join(','));
  set('selected', view.selected.join(','));
  return params;
}

/** Whether only some of the project's runs are asked for. */
export const isFiltered = ({ search, states, tags }: RunsView): boolean =>
  search.trim() !== '' || states.length > 0 || tags.length > 0;
