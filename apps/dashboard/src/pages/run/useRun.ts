import { isFinal, type Run } from '@gradstream/sdk';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useClient } from '../../session/SessionProvider.js';

const EVERY_MS = 1000;
/** A run that has ended changes only by hand: notes, tags, a retry from elsewhere. */
const RARELY_MS = 15_000;

/** A run as it is, asked for again while it goes on. */
export function useRun(id: string): UseQueryResult<Run> {
  const client = useClient();
  return useQuery({
    queryKey: ['run', id],
    queryFn: () => client.runs.get(id),
    refetchInterval: ({ state: { data } }) => (data && isFinal(data.state) ? RARELY_MS : EVERY_MS),
  });
}
