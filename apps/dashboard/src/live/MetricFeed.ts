// The metrics of a run in this page: its history in a few points, then everything live, through lost connections.

import { fromWireNumber, type MetricBatch, type MetricSamples, type RunsResource } from '@gradstream/sdk';
import { Clock } from '../charts/clock.js';
import { Points } from '../charts/points.js';
import { Listeners } from './listeners.js';

/** How the page stands to the run's stream. */
export type FeedStatus =
  | { readonly kind: 'loading' }
  | { readonly kind: 'live' }
  | { readonly kind: 'reconnecting'; readonly lastStep: number }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** What of the SDK it needs. */
type Source = Pick<RunsResource, 'sampledMetrics' | 'follow'>;

/** Points of the history: more than a wide chart has pixels. */
const HISTORY_POINTS = 2000;
/** Batches a second: more than this, eyes do not tell apart. Of what comes between, the outline is told. */
const RATE_HZ = 10;
/** After so long, and so on, the outline is replaced by the history, which has more points of the same steps. */
const REFINE_MS = [2000, 4000, 8000] as const;
const LATER_REFINE_MS = 15_000;

const LOADING: FeedStatus = { kind: 'loading' };

export class MetricFeed {
  readonly clock: Clock;
  readonly #series = new Map<string, Points>();
  readonly #pointListeners = new Listeners();
  readonly #statusListeners = new Listeners();
  #names: readonly string[] = [];
  #status: FeedStatus = LOADING;
  #lastStep = 0;

  constructor(
    private readonly source: Source,
    private readonly runId: string,
    stepsPerEpoch: number | null,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.clock = new Clock(stepsPerEpoch);
  }

  /** Told whenever points have changed. */
  readonly points = { subscribe: this.#pointListeners.subscribe };

  /** For React: the names of all series, in alphabetical order; another array only when there is another name. */
  readonly subscribe = this.#statusListeners.subscribe;
  readonly names = (): readonly string[] => this.#names;
  readonly status = (): FeedStatus => this.#status;

  /** Whether a series was told of. */
  has(name: string): boolean {
    return this.#names.includes(name);
  }

  /** The points of a series; it may still be empty. */
  series(name: string): Points {
    const known = this.#series.get(name);
    if (known) return known;
    const made = new Points();
    this.#series.set(name, made);
    return made;
  }

  /** Reads until the run has ended, or until the signal; a failure is a status. */
  async run(signal: AbortSignal): Promise<void> {
    const isGone = (): boolean => signal.aborted;
    try {
      const history = await this.source.sampledMetrics(this.runId, HISTORY_POINTS);
      if (isGone()) return;
      this.#begin(history);
      if (history.done) {
        this.#become({ kind: 'ended' });
        return;
      }
      const options = {
        ...{ after: history.cursor, maxRateHz: RATE_HZ, signal },
        onConnected: () => this.#become({ kind: 'live' }),
        onReconnect: () => this.#become({ kind: 'reconnecting', lastStep: this.#lastStep }),
      };
      let refined = 0;
      let refineAt = this.now() + REFINE_MS[0];
      for await (const batch of this.source.follow(this.runId, options)) {
        this.#take(batch);
        if (this.now() < refineAt) continue;
        this.#begin(await this.source.sampledMetrics(this.runId, HISTORY_POINTS));
        refineAt = this.now() + (REFINE_MS[++refined] ?? LATER_REFINE_MS);
      }
      if (isGone()) return;
      this.#begin(await this.source.sampledMetrics(this.runId, HISTORY_POINTS));
      this.#become({ kind: 'ended' });
    } catch (error) {
      if (!isGone()) this.#become({ kind: 'failed', error });
    }
  }

  /** Shows the history as it is now, in place of what was shown. */
  #begin({ series, clock }: MetricSamples): void {
    for (const points of this.#series.values()) points.clear();
    this.clock.cutAfter(-1);
    clock.steps.forEach((step, at) => {
      this.clock.add(step, clock.epochs[at] ?? 0, Date.parse(clock.times[at] ?? ''));
    });
    for (const { name, steps, values } of series) {
      const points = this.series(name);
      steps.forEach((step, at) => points.append(step, fromWireNumber(values[at] ?? 'NaN')));
      this.#lastStep = Math.max(this.#lastStep, points.lastStep);
    }
    this.#nameAll(series.map(({ name }) => name));
    this.#pointListeners.tell();
  }

  #take({ points, rewoundTo }: MetricBatch): void {
    if (rewoundTo !== null) {
      this.clock.cutAfter(rewoundTo);
      for (const series of this.#series.values()) series.cutAfter(rewoundTo);
      this.#lastStep = rewoundTo;
    }
    const found = new Set<string>();
    for (const { step, epoch, time, values } of points) {
      this.clock.add(step, epoch, Date.parse(time));
      this.#lastStep = Math.max(this.#lastStep, step);
      for (const [name, value] of Object.entries(values)) {
        found.add(name);
        this.series(name).append(step, fromWireNumber(value));
      }
    }
    this.#nameAll(found);
    this.#pointListeners.tell();
  }

  #nameAll(found: Iterable<string>): void {
    const all = new Set([...this.#names, ...found]);
    if (all.size === this.#names.length) return;
    this.#names = [...all].sort();
    this.#statusListeners.tell();
  }

  #become(status: FeedStatus): void {
    this.#status = status;
    this.#statusListeners.tell();
  }
}
