// The gradients of a run's layers in this page: a few steps of the history, then everything live.

import { fromWireNumber, type GradientBatch, type LayerGradient, type RunsResource } from '@gradstream/sdk';
import { Clock } from '../charts/clock.js';
import { Points } from '../charts/points.js';
import type { FeedStatus } from './MetricFeed.js';
import { Listeners } from './listeners.js';
import { Thinned } from './thinned.js';

type Source = Pick<RunsResource, 'sampledGradients' | 'followGradients'>;

/** The norms of all layers at a step. */
export interface NormColumn {
  readonly step: number;
  readonly norms: ReadonlyMap<string, number>;
}

/** The histograms of all layers at a step. */
export interface HistogramColumn {
  readonly step: number;
  readonly histograms: ReadonlyMap<string, readonly number[]>;
}

/** A layer, with what was last told of it. */
export interface LayerState {
  readonly name: string;
  readonly norms: Points;
  readonly updateRatios: Points;
  latest: LayerGradient;
  /** What was last measured with all statistics; null where that never happened. */
  full: LayerGradient | null;
}

const HISTORY_STEPS = 400;
const COLUMNS = 400;
const HISTOGRAMS = 200;

export class GradientFeed {
  readonly clock: Clock;
  readonly #layers = new Map<string, LayerState>();
  readonly #norms = new Thinned<NormColumn>(COLUMNS);
  readonly #histograms = new Thinned<HistogramColumn>(HISTOGRAMS);
  readonly #points = new Listeners();
  readonly #states = new Listeners();
  #names: readonly string[] = [];
  #status: FeedStatus = { kind: 'loading' };
  #lastStep = 0;

  constructor(
    private readonly source: Source,
    private readonly runId: string,
    stepsPerEpoch: number | null,
  ) {
    this.clock = new Clock(stepsPerEpoch);
  }

  /** Told whenever numbers have changed. */
  readonly points = { subscribe: this.#points.subscribe };
  /** For React: the layers in the order of the network, and how the page stands to the stream. */
  readonly subscribe = this.#states.subscribe;
  readonly names = (): readonly string[] => this.#names;
  readonly status = (): FeedStatus => this.#status;
  /** Rises with each change of the numbers. */
  readonly version = (): number => this.#version;
  #version = 0;

  layer(name: string): LayerState | undefined {
    return this.#layers.get(name);
  }

  normColumns(): readonly NormColumn[] {
    return this.#norms.entries();
  }

  histogramColumns(): readonly HistogramColumn[] {
    return this.#histograms.entries();
  }

  /** Reads until the run has ended, or until the signal; a failure is a status. */
  async run(signal: AbortSignal): Promise<void> {
    const isGone = (): boolean => signal.aborted;
    try {
      const history = await this.source.sampledGradients(this.runId, HISTORY_STEPS);
      if (isGone()) return;
      this.#take(history);
      const options = {
        ...{ after: history.cursor, signal },
        onConnected: () => this.#become({ kind: 'live' }),
        onReconnect: () => this.#become({ kind: 'reconnecting', lastStep: this.#lastStep }),
      };
      if (!history.done)
        for await (const batch of this.source.followGradients(this.runId, options)) this.#take(batch);
      if (!isGone()) this.#become({ kind: 'ended' });
    } catch (error) {
      if (!isGone()) this.#become({ kind: 'failed', error });
    }
  }

  #take({ points, rewoundTo }: GradientBatch): void {
    if (rewoundTo !== null) this.#goBack(rewoundTo);
    for (const { step, epoch, time, layers } of points) {
      this.clock.add(step, epoch, Date.parse(time));
      this.#lastStep = Math.max(this.#lastStep, step);
      const histograms = layers.flatMap(({ layer, histogram }) =>
        histogram === null ? [] : [[layer, histogram] as const],
      );
      const norms = layers.map(({ layer, norm }) => [layer, fromWireNumber(norm ?? 'NaN')] as const);
      this.#norms.add({ step, norms: new Map(norms) });
      if (histograms.length > 0) this.#histograms.add({ step, histograms: new Map(histograms) });
      for (const layer of layers) this.#addLayer(step, layer);
    }
    this.#version++;
    if (this.#names.length !== this.#layers.size) {
      this.#names = [...this.#layers.keys()];
      this.#states.tell();
    }
    this.#points.tell();
  }

  #addLayer(step: number, told: LayerGradient): void {
    const { layer: name, norm, updateRatio, histogram } = told;
    const known = this.#layers.get(name) ?? {
      ...{ name, norms: new Points(), updateRatios: new Points(), latest: told, full: null },
    };
    this.#layers.set(name, known);
    known.latest = told;
    if (histogram !== null) known.full = told;
    if (norm !== null) known.norms.append(step, fromWireNumber(norm));
    if (updateRatio !== null) known.updateRatios.append(step, fromWireNumber(updateRatio));
  }

  #goBack(step: number): void {
    this.clock.cutAfter(step);
    this.#lastStep = step;
    this.#norms.keep((column) => column.step <= step);
    this.#histograms.keep((column) => column.step <= step);
    for (const { norms, updateRatios } of this.#layers.values()) {
      norms.cutAfter(step);
      updateRatios.cutAfter(step);
    }
  }

  #become(status: FeedStatus): void {
    this.#status = status;
    this.#states.tell();
  }
}
