// The metrics of several runs, live, told of together. Each run's feed goes on while the run is compared.

import { SYSTEM_SERIES, type RunsResource } from '@gradstream/sdk';
import { Listeners } from '../../live/listeners.js';
import { MetricFeed } from '../../live/MetricFeed.js';
import type { FeedStatus } from '../../live/Feed.js';
import { summedStatus } from './status.js';

/** A run as far as its feed depends on it: one that had ended is read anew when there is another attempt. */
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
  readonly attempt: number;
  readonly feed: MetricFeed;
  readonly gone: AbortController;
  readonly forget: () => void;
}

const rank = (name: string): number =>
  /^(val)?loss$/i.test(name) ? 0 : SYSTEM_SERIES.includes(name) || name === 'stepMs' ? 2 : 1;
const inOrder = (names: ReadonlySet<string>): string[] =>
  [...names].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));

/** A run that is followed already, as it is now. */
function goOn(known: Running, { attempt, stepsPerEpoch }: Followed): Running {
  known.feed.expectEpochs(stepsPerEpoch);
  if (known.attempt === attempt) return known;
  known.feed.resume(known.gone.signal);
  return { ...known, attempt };
}

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
        const known = before.get(run.id);
        return [run.id, known ? goOn(known, run) : this.#begin(run)];
      }),
    );
    for (const [id, { forget, gone }] of before) {
      if (this.#running.has(id)) continue;
      forget();
      gone.abort();
    }
    this.#collect();
  }

  #begin({ id, attempt, stepsPerEpoch }: Followed): Running {
    const feed = new MetricFeed(this.source, id, stepsPerEpoch);
    const gone = new AbortController();
    const listening = [
      feed.points.subscribe(() => this.#points.tell()),
      feed.subscribe(() => this.#collect()),
    ];
    void feed.run(gone.signal);
    const forget = (): void => {
      for (const each of listening) each();
    };
    return { attempt, feed, gone, forget };
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
