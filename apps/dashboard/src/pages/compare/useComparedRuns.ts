import type { Run } from '@gradstream/sdk';
import { useQueries } from '@tanstack/react-query';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { Changes } from '../../charts/changes.js';
import { stepsPerEpoch } from '../../live/stepsPerEpoch.js';
import { useClient } from '../../session/SessionProvider.js';
import { runOptions } from '../run/useRun.js';
import { Feeds, type FeedsNow, type Followed } from './Feeds.js';
import { withLooks } from './looks.js';

/** Lines beyond these are not told apart. */
export const MOST_RUNS = 20;

/** The runs with these ids that exist, as they go on, and what is wrong with the others. */
export function useRuns(ids: readonly string[]): {
  readonly runs: readonly Run[];
  readonly isLoading: boolean;
  readonly errors: readonly unknown[];
} {
  const client = useClient();
  return useQueries({
    queries: ids.map((id) => runOptions(client, id)),
    combine: (results) => ({
      runs: results.flatMap(({ data }) => (data ? [data] : [])),
      // Not one that failed and is asked for again: the others stay in sight.
      isLoading: results.some(({ isPending, errorUpdateCount }) => isPending && errorUpdateCount === 0),
      errors: results.flatMap(({ error }) => (error ? [error] : [])),
    }),
  });
}

/** The metrics of runs, live while the caller is shown. An attempt after an end (a retry) is followed anew. */
export function useFeeds(runs: readonly Run[]): FeedsNow & { readonly points: Changes } {
  const client = useClient();
  const feeds = useMemo(() => new Feeds(client.runs), [client]);
  // Runs are fetched again and again; what is followed changes with which they are, and with their attempts.
  const key = JSON.stringify(
    runs.map((run): Followed => ({
      ...{ id: run.id, attempt: run.attempt },
      stepsPerEpoch: stepsPerEpoch(run),
    })),
  );
  useEffect(() => feeds.show(JSON.parse(key) as Followed[]), [feeds, key]);
  useEffect(() => () => feeds.show([]), [feeds]);
  const now = useSyncExternalStore(feeds.subscribe, feeds.now);
  return { ...now, points: feeds.points };
}

/** The look of each run's line, which it keeps while it is compared. */
export function useLooks(ids: readonly string[]): ReadonlyMap<string, number> {
  const [looks, setLooks] = useState<ReadonlyMap<string, number>>(() => withLooks(new Map(), ids));
  const next = withLooks(looks, ids);
  if (next !== looks) setLooks(next);
  return next;
}
