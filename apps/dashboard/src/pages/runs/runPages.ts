// The pages that were fetched so far, as one list; and what is newer than they are.

import type { InfiniteData } from '@tanstack/react-query';
import type { RunRow, RunsPage } from './runsApi.js';

export type Fetched = InfiniteData<RunsPage>;

/** All rows in order. A run that moved to a later page while they were fetched is shown where it came first. */
export function rowsOf(pages: readonly RunsPage[]): RunRow[] {
  const rows = new Map<string, RunRow>();
  for (const row of pages.flatMap(({ data }) => data)) if (!rows.has(row.id)) rows.set(row.id, row);
  return [...rows.values()];
}

/**
 * The same rows as they are now, each in its place: a list that is being read does not jump. Of the ids that were asked
 * for, those without an answer are gone.
 */
export function refreshed(fetched: Fetched, asked: readonly string[], fresh: readonly RunRow[]): Fetched {
  const byId = new Map(fresh.map((row) => [row.id, row]));
  const gone = new Set(asked.filter((id) => !byId.has(id)));
  const pages = fetched.pages.map((page) => ({
    ...page,
    total: page.total - gone.size,
    data: page.data.filter(({ id }) => !gone.has(id)).map((row) => byId.get(row.id) ?? row),
  }));
  return { ...fetched, pages };
}

/** The rows of a newer first page that are not shown yet. */
export function unseen(fetched: Fetched, newest: RunsPage): readonly RunRow[] {
  const seen = new Set(fetched.pages.flatMap(({ data }) => data.map(({ id }) => id)));
  return newest.data.filter(({ id }) => !seen.has(id));
}

/** With new rows before all others. */
export function prepended(fetched: Fetched, rows: readonly RunRow[], total: number): Fetched {
  const [first, ...others] = fetched.pages;
  if (!first) return fetched;
  return { ...fetched, pages: [{ ...first, total, data: [...rows, ...first.data] }, ...others] };
}

/** How many runs match, as the latest answer said. */
export const totalOf = (pages: readonly RunsPage[]): number => pages[0]?.total ?? 0;
