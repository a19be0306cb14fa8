// The metrics of a run in this page: its history in a few points, then everything live, through lost connections.

import {
  fromWireNumber,
  GradstreamError,
  type MetricBatch,
  type MetricSamples,
  type RunsResource,
} from '@gradstream/sdk';
import { Points } from '../charts/points.js';
import { toColumns } from './columns.js';
import { DETAIL_POINTS } from './detail.js';
import { Feed, type Following } from './Feed.js';
import { Finer } from './finer.js';

/** What of the SDK it needs. */
type Source = Pick<RunsResource, 'sampledMetrics' | 'sampledSteps' | 'follow'>;

/** Points of the history: more than a wide chart has pixels. */
const HISTORY_POINTS = 2000;
/** Batches a second: more than this, eyes do not tell apart. Of what comes between, the outline is told. */
const RATE_HZ = 10;
/** After so long, and so on, the outline is replaced by the history, which has more points of the same steps. */
const REFINE_MS = [2000, 4000, 8000] as const;
const LATER_REFINE_MS = 15_000;

export class MetricFeed extends Feed {
  readonly #series = new Map<string, Points>();
  readonly #told = new Set<string>();
  /** More points of what is zoomed to. */
  readonly finer: Finer;

  constructor(
    private readonly source: Source,
    private readonly runId: string,
    stepsPerEpoch: number | null,
    private readonly now: () => number = () => performance.now(),
  ) {
    super(stepsPerEpoch);
    this.finer = new Finer({
      clock: this.clock,
      series: this.#series,
      lastStep: () => this.lastStep,
      fetch: ({ from, to }, signal) =>
        source.sampledSteps(runId, { fromStep: from, toStep: to, points: DETAIL_POINTS, signal }),
      changed: () => this.#changed([]),
    });
  }

  /** Whether a series was told of. */
  has(name: string): boolean {
    return this.#told.has(name);
  }

  /** The points of a series; it may still be empty. */
  series(name: string): Points {
    const known = this.#series.get(name);
    if (known) return known;
    const made = new Points();
    this.#series.set(name, made);
    return made;
  }

  protected override async read(following: Following): Promise<void> {
    const isGone = (): boolean => following.signal.aborted;
    const history = await this.#showHistory();
    if (history.done || isGone()) return;
    const options = { ...following, after: history.cursor, maxRateHz: RATE_HZ };
    let refined = 0;
    let refineAt = this.now() + REFINE_MS[0];
    for await (const batch of this.source.follow(this.runId, options)) {
      this.#take(batch);
      if (this.now() < refineAt) continue;
      await this.#refine();
      refineAt = this.now() + (REFINE_MS[++refined] ?? LATER_REFINE_MS);
    }
    if (!isGone()) await this.#refine();
  }

  /** Shows the history again. Where it cannot be had, what is there stays: the next time may be better. */
  async #refine(): Promise<void> {
    try {
      await this.#showHistory();
    } catch (error) {
      if (!(error instanceof GradstreamError)) throw error;
    }
  }

  /** Shows the history as it is now, in place of what was shown. */
  async #showHistory(): Promise<MetricSamples> {
    const history = await this.source.sampledMetrics(this.runId, HISTORY_POINTS);
    this.#begin(history);
    return history;
  }

  #begin({ series, clock }: MetricSamples): void {
    for (const points of this.#series.values()) points.clear();
    this.clock.cutAfter(-1);
    clock.steps.forEach((step, at) => {
      this.clock.add(step, clock.epochs[at] ?? 0, Date.parse(clock.times[at] ?? ''));
    });
    for (const one of series) {
      const points = this.series(one.name);
      points.replaceRange(0, Infinity, toColumns(one));
      this.lastStep = Math.max(this.lastStep, points.lastStep);
    }
    this.finer.relay();
    this.#changed(series.map(({ name }) => name));
  }

  #take({ points, rewoundTo }: MetricBatch): void {
    if (rewoundTo !== null) {
      this.clock.cutAfter(rewoundTo);
      for (const series of this.#series.values()) series.cutAfter(rewoundTo);
      this.finer.cutAfter(rewoundTo);
      this.lastStep = rewoundTo;
    }
    const found = new Set<string>();
    for (const { step, epoch, time, values } of points) {
      this.clock.add(step, epoch, Date.parse(time));
      this.lastStep = Math.max(this.lastStep, step);
      for (const [name, value] of Object.entries(values)) {
        found.add(name);
        this.series(name).append(step, fromWireNumber(value));
      }
    }
    this.#changed(found);
  }

  #changed(found: Iterable<string>): void {
    for (const name of found) this.#told.add(name);
    this.changed([...this.#told].sort());
  }
}
