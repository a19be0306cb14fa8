import { isFinal, type Run } from '@gradstream/sdk';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useClient } from '../../../session/SessionProvider.js';
import { EventFeed, type RunHistory } from './EventFeed.js';

/** What happened to a run, live while the caller is shown. A run that starts again is read on from where it ended. */
export function useRunHistory(run: Pick<Run, 'id' | 'state' | 'attempt'>): RunHistory {
  const client = useClient();
  const { id, attempt } = run;
  const hasEnded = isFinal(run.state);
  const feed = useMemo(() => new EventFeed(client.runs, id), [client, id]);
  useEffect(() => {
    const gone = new AbortController();
    void feed.run(gone.signal);
    return () => gone.abort();
  }, [feed, attempt, hasEnded]);
  return useSyncExternalStore(feed.subscribe, feed.snapshot);
}
