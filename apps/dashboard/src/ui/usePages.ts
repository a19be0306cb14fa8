import { useInfiniteQuery } from '@tanstack/react-query';
import type { Page } from '@gradstream/sdk';

export interface Listed<Item> {
  /** What was fetched so far; null before the first page. */
  readonly items: readonly Item[] | null;
  readonly error: Error | null;
  readonly hasMore: boolean;
  readonly isFetchingMore: boolean;
  readonly more: () => void;
  readonly again: () => void;
}

interface PagesOptions<Item> {
  readonly key: readonly string[];
  readonly fetch: (after: string | null) => Promise<Page<Item>>;
  /** How soon to look again, in ms; false: not by itself. */
  readonly interval?: (items: readonly Item[]) => number | false;
}

/** A list that the server gives page by page. */
export function usePages<Item>({ key, fetch, interval }: PagesOptions<Item>): Listed<Item> {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => fetch(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: ({ state: { data } }) =>
      interval?.(data?.pages.flatMap((page) => page.data) ?? []) ?? false,
  });
  return {
    items: query.data?.pages.flatMap(({ data }) => data) ?? null,
    error: query.error,
    hasMore: query.hasNextPage,
    isFetchingMore: query.isFetchingNextPage,
    more: () => void query.fetchNextPage(),
    again: () => void query.refetch(),
  };
}
