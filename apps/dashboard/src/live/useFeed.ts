import type { Run, RunsResource } from '@gradstream/sdk';
import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { useClient } from '../session/SessionProvider.js';
import type { Feed, FeedStatus } from './Feed.js';
import { stepsPerEpoch } from './stepsPerEpoch.js';

export interface Live<Kind extends Feed> {
  readonly feed: Kind;
  readonly names: readonly string[];
  readonly status: FeedStatus;
  /** Tries again what failed. */
  readonly retry: () => void;
}

type FeedClass<Kind extends Feed> = new (
  source: RunsResource,
  runId: string,
  perEpoch: number | null,
) => Kind;

/** A stream of a run, live while the caller is shown: through its attempts, and again when it is tried again after an end. */
export function useFeed<Kind extends Feed>(run: Run, Made: FeedClass<Kind>): Live<Kind> {
  const client = useClient();
  const perEpoch = stepsPerEpoch(run);
  const { id, attempt } = run;
  const gone = useRef<AbortController>(null);
  const feed = useMemo(() => new Made(client.runs, id, null), [client, id, Made]);
  const retry = useCallback(() => {
    if (gone.current) feed.resume(gone.current.signal);
  }, [feed]);
  useEffect(() => {
    const leaving = new AbortController();
    gone.current = leaving;
    void feed.run(leaving.signal);
    return () => leaving.abort();
  }, [feed]);
  useEffect(() => feed.expectEpochs(perEpoch), [feed, perEpoch]);
  useEffect(() => retry(), [retry, attempt]);
  const names = useSyncExternalStore(feed.subscribe, feed.names);
  const status = useSyncExternalStore(feed.subscribe, feed.status);
  return { feed, names, status, retry };
}
