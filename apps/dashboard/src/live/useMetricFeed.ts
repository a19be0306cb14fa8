import type { Run } from '@gradstream/sdk';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useClient } from '../session/SessionProvider.js';
import { MetricFeed, type FeedStatus } from './MetricFeed.js';
import { stepsPerEpoch } from './stepsPerEpoch.js';

export interface LiveMetrics {
  readonly feed: MetricFeed;
  readonly names: readonly string[];
  readonly status: FeedStatus;
}

/** The metrics of a run, live while the caller is shown. An attempt after an end (a retry) is followed anew. */
export function useMetricFeed(run: Run): LiveMetrics {
  const client = useClient();
  const perEpoch = stepsPerEpoch(run);
  const { id, attempt } = run;
  const feed = useMemo(
    // The attempt is no input, but another one is another story: see above.
    () => ({ attempt, feed: new MetricFeed(client.runs, id, perEpoch) }).feed,
    [client, id, attempt, perEpoch],
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
