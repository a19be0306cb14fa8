// Finer points of the part of a run that a chart is zoomed to: asked for when they are wanted, laid over the history, taken
// off when the zoom ends. What is asked for a zoom that is gone is cancelled.

import type { MetricSamples } from '@gradstream/sdk';
import type { Clock, XAxis } from '../charts/clock.js';
import type { Points } from '../charts/points.js';
import { covers, Detail, isCoarse, type StepRange } from './detail.js';
import { Listeners } from './listeners.js';

/** Somebody who zooms with keys passes several ranges on the way to one. */
const SETTLE_MS = 150;

/** What a chart is zoomed to. */
export interface Zoomed {
  readonly zoom: readonly [number, number];
  readonly xAxis: XAxis;
}

export type FinerStatus =
  | { readonly kind: 'none' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** What it knows of the feed that it serves. */
interface Host {
  readonly clock: Clock;
  readonly series: ReadonlyMap<string, Points>;
  readonly lastStep: () => number;
  readonly fetch: (range: StepRange, signal: AbortSignal) => Promise<MetricSamples>;
  /** Told when points have changed. */
  readonly changed: () => void;
}

const NONE: FinerStatus = { kind: 'none' };

export class Finer {
  readonly #listeners = new Listeners();
  #zoomed: Zoomed | null = null;
  #detail: Detail | null = null;
  #status: FinerStatus = NONE;
  #asking: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly host: Host) {}

  /** For React. */
  readonly subscribe = this.#listeners.subscribe;
  readonly status = (): FinerStatus => this.#status;

  /** Says what is looked at; null: the whole history. */
  look(zoomed: Zoomed | null): void {
    this.#stop();
    this.#zoomed = zoomed;
    if (zoomed !== null) {
      this.#timer = setTimeout(() => void this.check(), SETTLE_MS);
      return;
    }
    this.#become(NONE);
    if (this.#detail === null) return;
    this.#detail.lift();
    this.#detail = null;
    this.host.changed();
  }

  /** The points of the history were replaced: finer ones take their place again, and more are asked for where they are wanted. */
  relay(): void {
    this.#detail?.forget();
    this.#detail?.lay(this.host.series);
    if (this.#asking === null) void this.check();
  }

  /** The run went back: what is finer may be of steps that are no more. */
  cutAfter(step: number): void {
    this.#detail?.lift(step);
    this.#detail = null;
  }

  /** Asks for finer points, if those that are there look coarse. A failure is a status. */
  async check(): Promise<void> {
    const range = this.#range();
    const whole = this.#detail?.isWhole === true ? this.#detail : null;
    if (range === null || covers(whole, range) || !isCoarse(this.host.series.values(), range)) return;
    this.#stop();
    const asking = new AbortController();
    this.#asking = asking;
    this.#become({ kind: 'loading' });
    try {
      const samples = await this.host.fetch(range, asking.signal);
      if (asking.signal.aborted) return;
      this.#detail?.lift();
      this.#detail = new Detail(range.from, range.to, samples);
      this.#detail.lay(this.host.series);
      this.#become(NONE);
      this.host.changed();
    } catch (error) {
      if (!asking.signal.aborted) this.#become({ kind: 'failed', error });
    } finally {
      if (this.#asking === asking) this.#asking = null;
    }
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#asking?.abort(new Error('another part is looked at'));
    this.#asking = null;
    if (this.#status.kind === 'loading') this.#become(NONE);
  }

  #become(status: FinerStatus): void {
    if (status.kind === this.#status.kind && status.kind !== 'failed') return;
    this.#status = status;
    this.#listeners.tell();
  }

  /** The steps in sight that there are; null where there are none. */
  #range(): StepRange | null {
    if (this.#zoomed === null) return null;
    const { zoom, xAxis } = this.#zoomed;
    const [last, { clock }] = [this.host.lastStep(), this.host];
    const from = clock.stepAt(zoom[0], xAxis, last);
    const to = clock.stepAt(zoom[1], xAxis, last);
    return from < to ? { from, to } : null;
  }
}
