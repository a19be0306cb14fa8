import { isFinal, type Checkpoint, type Run } from '@gradstream/sdk';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useClient } from '../../../session/SessionProvider.js';
import { CHECKPOINTS_MS, checkpointsKey } from '../queries.js';

const PAGE = 100;

interface Checkpoints {
  /** Newest first; null before the first page. */
  readonly all: readonly Checkpoint[] | null;
  readonly error: Error | null;
  readonly hasMore: boolean;
  readonly isFetchingMore: boolean;
  readonly more: () => void;
  readonly again: () => void;
}

/** The checkpoints of a run, page by page; while it has not ended, new ones come by themselves. */
export function useCheckpoints({ id, state, attempt }: Run): Checkpoints {
  const client = useClient();
  const query = useInfiniteQuery({
    // The end of a run and another attempt may each change what there is: both are looked at at once.
    queryKey: [...checkpointsKey(id), 'pages', isFinal(state), attempt],
    queryFn: ({ pageParam }) =>
      client.runs.checkpoints(id, { limit: PAGE, ...(pageParam === null ? {} : { after: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: isFinal(state) ? false : CHECKPOINTS_MS,
    placeholderData: (before) => before,
  });
  return {
    all: query.data?.pages.flatMap(({ data }) => data) ?? null,
    error: query.error,
    hasMore: query.hasNextPage,
    isFetchingMore: query.isFetchingNextPage,
    more: () => void query.fetchNextPage(),
    again: () => void query.refetch(),
  };
}
