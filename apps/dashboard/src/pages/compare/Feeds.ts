// The metrics of several runs, live, told of together. Each run's feed goes on while the run is compared.

import { SYSTEM_SERIES, type RunsResource } from '@gradstream/sdk';
import { Listeners } from '../../live/listeners.js';
import { MetricFeed } from '../../live/MetricFeed.js';
import type { FeedStatus } from '../../live/Feed.js';
import { summedStatus } from './status.js';

/** A run as far as its feed depends on it: a feed of another attempt, or of epochs of another length, is another feed. */
export interface Followed {
  readonly id: string;
  readonly attempt: number;
  readonly stepsPerEpoch: number | null;
}

/** What React shows; another object whenever one of its parts is another. */
export interface FeedsNow {
  readonly feeds: ReadonlyMap<string, MetricFeed>;
  /** The names of the series of all runs: the loss first, what a trainer tells of itself last. */
  readonly names: readonly string[];
  readonly status: FeedStatus;
}

interface Running {
  readonly key: string;
  readonly feed: MetricFeed;
  readonly stop: () => void;
}

const rank = (name: string): number =>
  /^(val)?loss$/i.test(name) ? 0 : SYSTEM_SERIES.includes(name) || name === 'stepMs' ? 2 : 1;
const inOrder = (names: ReadonlySet<string>): string[] =>
  [...names].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));

export class Feeds {
  readonly #points = new Listeners();
  readonly #states = new Listeners();
  #running: ReadonlyMap<string, Running> = new Map();
  /** The names of each feed when they were looked at last. */
  #told: ReadonlyMap<MetricFeed, readonly string[]> = new Map();
  #now: FeedsNow = { feeds: new Map(), names: [], status: { kind: 'loading' } };

  constructor(private readonly source: Pick<RunsResource, 'sampledMetrics' | 'sampledSteps' | 'follow'>) {}

  /** Told whenever numbers have changed. */
  readonly points = { subscribe: this.#points.subscribe };
  readonly subscribe = this.#states.subscribe;
  readonly now = (): FeedsNow => this.#now;

  /** Follows these runs and no others; those that are followed already go on as they are. */
  show(runs: readonly Followed[]): void {
    const before = this.#running;
    this.#running = new Map(
      runs.map((run) => {
        const key = JSON.stringify([run.attempt, run.stepsPerEpoch]);
        const known = before.get(run.id);
        return [run.id, known?.key === key ? known : this.#begin(run, key)];
      }),
    );
    for (const [id, { stop, feed }] of before) if (this.#running.get(id)?.feed !== feed) stop();
    this.#collect();
  }

  #begin({ id, stepsPerEpoch }: Followed, key: string): Running {
    const feed = new MetricFeed(this.source, id, stepsPerEpoch);
    const gone = new AbortController();
    const forget = [feed.points.subscribe(() => this.#points.tell()), feed.subscribe(() => this.#collect())];
    void feed.run(gone.signal);
    const stop = (): void => {
      for (const each of forget) each();
      gone.abort();
    };
    return { key, feed, stop };
  }

  /**
   * Tells React what there is now. A run that tells a series as others do makes no new name, but a new line: that is another
   * list of names, too. Where nothing of the kind happened, the parts stay the same objects, for charts are made of them.
   */
  #collect(): void {
    const told = new Map([...this.#running.values()].map(({ feed }) => [feed, feed.names()]));
    const before = this.#told;
    const isSame =
      told.size === before.size && [...told].every(([feed, names]) => before.get(feed) === names);
    const status = summedStatus([...told.keys()].map((feed) => feed.status()));
    this.#told = told;
    this.#now = isSame
      ? { ...this.#now, status }
      : {
          feeds: new Map([...this.#running].map(([id, { feed }]) => [id, feed])),
          names: inOrder(new Set([...told.values()].flat())),
          status,
        };
    this.#states.tell();
  }
}
