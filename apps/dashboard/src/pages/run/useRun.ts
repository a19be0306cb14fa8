import { isFinal, type Gradstream, type Run } from '@gradstream/sdk';
import { queryOptions, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useClient } from '../../session/SessionProvider.js';
import { runKey } from './queries.js';

const EVERY_MS = 1000;
/** A run that has ended changes only by hand: notes, tags, a retry from elsewhere. */
const RARELY_MS = 15_000;

/** A run as it is, asked for again while it goes on. One that was never there is not: it would look as if it loaded. */
export const runOptions = (client: Gradstream, id: string) =>
  queryOptions({
    queryKey: runKey(id),
    queryFn: () => client.runs.get(id),
    refetchInterval: ({ state: { data } }) => {
      if (!data) return false;
      return isFinal(data.state) ? RARELY_MS : EVERY_MS;
    },
  });

export function useRun(id: string): UseQueryResult<Run> {
  return useQuery(runOptions(useClient(), id));
}
