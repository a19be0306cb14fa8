// The gradients of a run's layers in this page: a few steps of the history, then everything live.

import { fromWireNumber, type GradientBatch, type LayerGradient, type RunsResource } from '@gradstream/sdk';
import { Points } from '../charts/points.js';
import { Feed, type Following } from './Feed.js';
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

/** Its names are those of the layers, in the order of the network. */
export class GradientFeed extends Feed {
  readonly #layers = new Map<string, LayerState>();
  readonly #norms = new Thinned<NormColumn>(COLUMNS);
  readonly #histograms = new Thinned<HistogramColumn>(HISTOGRAMS);
  #version = 0;

  constructor(
    private readonly source: Source,
    private readonly runId: string,
    stepsPerEpoch: number | null,
  ) {
    super(stepsPerEpoch);
  }

  /** For React: rises with each change of the numbers. */
  readonly version = (): number => this.#version;

  layer(name: string): LayerState | undefined {
    return this.#layers.get(name);
  }

  normColumns(): readonly NormColumn[] {
    return this.#norms.entries();
  }

  histogramColumns(): readonly HistogramColumn[] {
    return this.#histograms.entries();
  }

  protected override async read(following: Following): Promise<void> {
    const history = await this.source.sampledGradients(this.runId, HISTORY_STEPS);
    this.#goBack(-1);
    this.#take(history);
    if (history.done || following.signal.aborted) return;
    const options = { ...following, after: history.cursor };
    for await (const batch of this.source.followGradients(this.runId, options)) this.#take(batch);
  }

  #take({ points, rewoundTo }: GradientBatch): void {
    if (rewoundTo !== null) this.#goBack(rewoundTo);
    for (const { step, epoch, time, layers } of points) {
      this.clock.add(step, epoch, Date.parse(time));
      this.lastStep = Math.max(this.lastStep, step);
      const histograms = layers.flatMap(({ layer, histogram }) =>
        histogram === null ? [] : [[layer, histogram] as const],
      );
      const norms = layers.map(({ layer, norm }) => [layer, fromWireNumber(norm ?? 'NaN')] as const);
      this.#norms.add({ step, norms: new Map(norms) });
      if (histograms.length > 0) this.#histograms.add({ step, histograms: new Map(histograms) });
      for (const layer of layers) this.#addLayer(step, layer);
    }
    this.#version++;
    this.changed([...this.#layers.keys()]);
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
    this.lastStep = step;
    this.#norms.keep((column) => column.step <= step);
    this.#histograms.keep((column) => column.step <= step);
    for (const { norms, updateRatios } of this.#layers.values()) {
      norms.cutAfter(step);
      updateRatios.cutAfter(step);
    }
  }
}
