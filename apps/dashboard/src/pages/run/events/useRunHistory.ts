import { isFinal, type Run } from '@gradstream/sdk';
import { useEffect, useMemo } from 'react';
import { useClient } from '../../../session/SessionProvider.js';
import { EventFeed } from './EventFeed.js';

/**
 * What happened to a run, live while the caller is shown. A run that starts again is read on from where it ended. Whoever
 * shows a part of it listens to that part: a page is not drawn again for each line of the log.
 */
export function useRunHistory(run: Pick<Run, 'id' | 'state' | 'attempt'>): EventFeed {
  const client = useClient();
  const { id, attempt } = run;
  const hasEnded = isFinal(run.state);
  const feed = useMemo(() => new EventFeed(client.runs, id), [client, id]);
  useEffect(() => {
    const gone = new AbortController();
    void feed.run(gone.signal);
    return () => gone.abort();
  }, [feed, attempt, hasEnded]);
  return feed;
}
