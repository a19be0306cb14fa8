import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useClient } from '../../session/SessionProvider.js';
import { prepended, refreshed, rowsOf, totalOf, type Fetched } from './runPages.js';
import { listRuns, queryOf, runsOf, type RunRow } from './runsApi.js';
import type { RunsView } from './runsView.js';

export interface RunList {
  /** Differs where other runs are asked for, or another order. */
  readonly key: string;
  readonly rows: readonly RunRow[];
  readonly total: number;
  /** What was fetched so far; undefined before the first answer. */
  readonly fetched: Fetched | undefined;
  /** Whether these are still the rows of the view before. */
  readonly isOld: boolean;
  readonly error: Error | null;
  readonly hasMore: boolean;
  readonly isFetchingMore: boolean;
  readonly fetchMore: () => void;
  /** Fetches runs that are shown again, each in its place; resolves with those that are still there. */
  readonly refresh: (ids: readonly string[]) => Promise<readonly RunRow[]>;
  readonly prepend: (rows: readonly RunRow[], total: number) => void;
  /** Begins anew at the first page. */
  readonly restart: () => void;
}

/** The rows that match a view, page after page as one scrolls. Nothing is fetched twice but by `refresh`. */
export function useRunList(view: RunsView): RunList {
  const client = useClient();
  const cache = useQueryClient();
  const query = useMemo(() => queryOf(view), [view]);
  const keyText = JSON.stringify(query);
  const key = useMemo(() => ['runs', 'table', keyText], [keyText]);
  const result = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => listRuns(client, query, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  const { data, fetchNextPage } = result;
  const change = useCallback(
    (how: (fetched: Fetched) => Fetched) =>
      cache.setQueryData<Fetched>(key, (fetched) => fetched && how(fetched)),
    [cache, key],
  );
  const refresh = useCallback(
    async (ids: readonly string[]) => {
      const fresh = await runsOf(client, ids);
      change((fetched) => refreshed(fetched, ids, fresh));
      return fresh;
    },
    [client, change],
  );
  return {
    key: keyText,
    rows: useMemo(() => rowsOf(data?.pages ?? []), [data]),
    total: totalOf(data?.pages ?? []),
    fetched: data,
    isOld: result.isPlaceholderData,
    error: result.error,
    hasMore: result.hasNextPage,
    isFetchingMore: result.isFetchingNextPage,
    fetchMore: useCallback(() => void fetchNextPage(), [fetchNextPage]),
    refresh,
    prepend: useCallback((rows, total) => void change((old) => prepended(old, rows, total)), [change]),
    restart: () => void cache.resetQueries({ queryKey: key }),
  };
}
