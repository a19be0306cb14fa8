import type { Run, RunsResource } from '@gradstream/sdk';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useClient } from '../session/SessionProvider.js';
import type { Feed, FeedStatus } from './Feed.js';
import { stepsPerEpoch } from './stepsPerEpoch.js';

export interface Live<Kind extends Feed> {
  readonly feed: Kind;
  readonly names: readonly string[];
  readonly status: FeedStatus;
}

type FeedClass<Kind extends Feed> = new (
  source: RunsResource,
  runId: string,
  perEpoch: number | null,
) => Kind;

/** A stream of a run, live while the caller is shown. An attempt after an end (a retry) is followed anew. */
export function useFeed<Kind extends Feed>(run: Run, Made: FeedClass<Kind>): Live<Kind> {
  const client = useClient();
  const perEpoch = stepsPerEpoch(run);
  const { id, attempt } = run;
  const feed = useMemo(
    // The attempt is no input, but another one is another story.
    () => ({ attempt, feed: new Made(client.runs, id, perEpoch) }).feed,
    [client, id, attempt, perEpoch, Made],
  );
  useEffect(() => {
    const gone = new AbortController();
    void feed.run(gone.signal);
    return () => gone.abort();
  }, [feed]);
  const names = useSyncExternalStore(feed.subscribe, feed.names);
  const status = useSyncExternalStore(feed.subscribe, feed.status);
  return { feed, names, status };
}
