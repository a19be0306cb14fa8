import { SYSTEM_SERIES, type Run } from '@gradstream/sdk';
import { useQueries } from '@tanstack/react-query';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { Listeners } from '../../live/listeners.js';
import { MetricFeed } from '../../live/MetricFeed.js';
import { stepsPerEpoch } from '../../live/stepsPerEpoch.js';
import { useClient } from '../../session/SessionProvider.js';

/** Lines beyond these are not told apart. */
export const MOST_RUNS = 20;

/** The runs with these ids that exist, and what is wrong with the others. */
export function useRuns(ids: readonly string[]): {
  readonly runs: readonly Run[];
  readonly isLoading: boolean;
  readonly errors: readonly unknown[];
} {
  const client = useClient();
  return useQueries({
    queries: ids.map((id) => ({ queryKey: ['run', id], queryFn: () => client.runs.get(id) })),
    combine: (results) => ({
      runs: results.flatMap(({ data }) => (data ? [data] : [])),
      isLoading: results.some(({ isPending }) => isPending),
      errors: results.flatMap(({ error }) => (error ? [error] : [])),
    }),
  });
}

/** The loss first, what a trainer tells of itself last, each kind by name. */
const inOrder = (names: ReadonlySet<string>): string[] => {
  const rank = (name: string): number =>
    /^(val)?loss$/i.test(name) ? 0 : SYSTEM_SERIES.includes(name) || name === 'stepMs' ? 2 : 1;
  return [...names].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
};

/** The metrics of several runs, live, told of together. */
class Feeds {
  readonly #listeners = new Listeners();
  readonly #names = new Listeners();
  readonly feeds: ReadonlyMap<string, MetricFeed>;
  #all: readonly string[] = [];
  #count = 0;

  constructor(feeds: ReadonlyMap<string, MetricFeed>) {
    this.feeds = feeds;
  }

  readonly points = { subscribe: this.#listeners.subscribe };
  readonly subscribe = this.#names.subscribe;
  /** The names of the series of all runs; another array whenever a run has told of another one. */
  readonly names = (): readonly string[] => this.#all;

  /** Follows all of them until the signal. */
  run(signal: AbortSignal): void {
    for (const feed of this.feeds.values()) {
      feed.points.subscribe(() => this.#listeners.tell());
      feed.subscribe(() => this.#collect());
      void feed.run(signal);
    }
  }

  #collect(): void {
    const told = [...this.feeds.values()].map((feed) => feed.names());
    // A run that tells a series as others do makes no new name, but a new line.
    const count = told.reduce((sum, names) => sum + names.length, 0);
    if (count === this.#count) return;
    this.#count = count;
    this.#all = inOrder(new Set(told.flat()));
    this.#names.tell();
  }
}

/** Feeds of runs, and the names of all their series. */
export function useFeeds(runs: readonly Run[]): { readonly feeds: Feeds; readonly names: readonly string[] } {
  const client = useClient();
  // Runs are fetched again and again; what is followed changes with which they are, and with their attempts.
  const key = JSON.stringify(runs.map((run) => [run.id, run.attempt, stepsPerEpoch(run)]));
  const feeds = useMemo(() => {
    const entries = JSON.parse(key) as [string, number, number | null][];
    return new Feeds(new Map(entries.map(([id, , steps]) => [id, new MetricFeed(client.runs, id, steps)])));
  }, [client, key]);
  useEffect(() => {
    const gone = new AbortController();
    feeds.run(gone.signal);
    return () => gone.abort();
  }, [feeds]);
  const names = useSyncExternalStore(feeds.subscribe, feeds.names);
  return { feeds, names };
}
