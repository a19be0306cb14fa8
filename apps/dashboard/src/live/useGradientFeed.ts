import type { Run } from '@gradstream/sdk';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useClient } from '../session/SessionProvider.js';
import { GradientFeed } from './GradientFeed.js';
import type { FeedStatus } from './MetricFeed.js';
import { stepsPerEpoch } from './stepsPerEpoch.js';

export interface LiveGradients {
  readonly feed: GradientFeed;
  readonly layers: readonly string[];
  readonly status: FeedStatus;
}

/** The gradients of a run's layers, live while the caller is shown. */
export function useGradientFeed(run: Run): LiveGradients {
  const client = useClient();
  const perEpoch = stepsPerEpoch(run);
  const { id, attempt } = run;
  const feed = useMemo(
    // The attempt is no input, but another one is another story.
    () => ({ attempt, feed: new GradientFeed(client.runs, id, perEpoch) }).feed,
    [client, id, attempt, perEpoch],
  );
  useEffect(() => {
    const gone = new AbortController();
    void feed.run(gone.signal);
    return () => gone.abort();
  }, [feed]);
  const layers = useSyncExternalStore(feed.subscribe, feed.names);
  const status = useSyncExternalStore(feed.subscribe, feed.status);
  return { feed, layers, status };
}
