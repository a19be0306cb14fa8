// One chart on its canvas: uPlot with our lines, envelopes, marks and colours. It knows no React and no server.

import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { align } from './align.js';
import { axesOf } from './axes.js';
import { chartColors } from './colors.js';
import { drawBehind, drawMarks, drawOdd, placedMarks, type Scene } from './layers.js';
import { LineDrawer, reachOf, type DrawnLine, type Line, type Look } from './lines.js';
import { MarkNote } from './markNote.js';
import type { ChartMark } from './marks.js';
import { lineColor, lineDash } from './palette.js';
import { VerticalRange } from './verticalRange.js';

/** What a chart shows. */
export interface PlotState {
  readonly lines: readonly Line[];
  readonly look: Look;
  /** The vertical range stays while it is locked. */
  readonly isLocked: boolean;
  readonly marks: readonly ChartMark[];
}

export interface PlotOptions {
  /** Charts with the same name show one crosshair. */
  readonly crosshair: string;
  /** How values are written. */
  readonly format: (value: number) => string;
}

/** What the reader of a chart does, and points at. */
export interface PlotEvents {
  readonly onZoom: (zoom: [number, number] | null) => void;
  /** The position that is pointed at, and the value of each line there; null where nothing is. */
  readonly onPoint: (at: { readonly x: number; readonly values: readonly (number | null)[] } | null) => void;
}

const MIN_ZOOM_PIXELS = 4;
const DOTS = 30;

export class LinePlot {
  #plot: uPlot | null = null;
  #note: MarkNote | null = null;
  #built = '';
  #drawers = new Map<string, LineDrawer>();
  #drawn: DrawnLine[] = [];
  #state: PlotState | null = null;
  readonly #vertical = new VerticalRange();
  #range: readonly [number, number] = [0, 1];

  constructor(
    private readonly host: HTMLElement,
    private readonly options: PlotOptions,
    private readonly events: PlotEvents,
  ) {}

  /** Shows a state; cheap where nothing of it has changed but the points. */
  show(state: PlotState): void {
    this.#state = state;
    this.#drawers = new Map(
      state.lines.map((line) => [line.id, this.#drawers.get(line.id) ?? new LineDrawer(line)]),
    );
    const columns = Math.max(50, Math.round(this.host.clientWidth));
    this.#drawn = state.lines.map(
      (line) =>
        this.#drawers.get(line.id)?.draw(state.look, columns) ??
        new LineDrawer(line).draw(state.look, columns),
    );
    this.#range = this.#vertical.next({
      reach: reachOf(this.#drawn),
      points: Math.max(0, ...state.lines.map(({ points }) => points.length)),
      isLog: state.look.isLog,
      isLocked: state.isLocked,
    });
    const { xs, ys } = align(this.#drawn.map(({ main }) => ({ xs: main.xs, ys: main.line })));
    const data: uPlot.AlignedData = [xs, ...ys];
    const wanted = this.#signature(state);
    if (this.#plot === null || wanted !== this.#built) this.#build(state, data, wanted);
    else this.#plot.setData(data, true);
  }

  /** Draws again, as after a change of colours. */
  redraw(): void {
    if (this.#state !== null) {
      this.#built = ''; // Strokes are set when the plot is built.
      this.show(this.#state);
    }
  }

  resize(): void {
    if (this.#plot === null || this.#state === null) return;
    this.#plot.setSize(this.#size());
    this.show(this.#state);
  }

  /** Moves the crosshair by so many pixels; from the middle, where there is none. */
  moveCrosshair(pixels: number): void {
    const plot = this.#plot;
    if (plot === null) return;
    const { clientWidth: width, clientHeight: height } = plot.over;
    const { left = -1 } = plot.cursor;
    const to = left < 0 ? width / 2 : Math.min(width - 1, Math.max(0, left + pixels));
    placeCursor(plot, { left: to, top: height / 2 });
  }

  /** Takes the crosshair away, from the other charts too. */
  clearCrosshair(): void {
    if (this.#plot !== null && (this.#plot.cursor.left ?? -1) >= 0)
      placeCursor(this.#plot, { left: -10, top: -10 });
  }

  /** Makes what is seen narrower (below 1) or wider, around the crosshair. */
  zoomBy(factor: number): void {
    const plot = this.#plot;
    const { min, max } = plot?.scales['x'] ?? {};
    if (plot === null || min == null || max == null) return;
    const { left = -1 } = plot.cursor;
    const center = left < 0 ? (min + max) / 2 : plot.posToVal(left, 'x');
    this.events.onZoom([center - (center - min) * factor, center + (max - center) * factor]);
  }

  /** The chart as a picture, with a background; null before there is one. */
  toCanvas(): HTMLCanvasElement | null {
    const source = this.#plot?.ctx.canvas;
    if (!source) return null;
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [source.width, source.height];
    const context = canvas.getContext('2d');
    if (!context) return null;
    context.fillStyle = chartColors().surface;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(source, 0, 0);
    return canvas;
  }

  destroy(): void {
    this.#plot?.destroy();
    this.#plot = null;
  }

  /** What a plot must be built anew for. */
  #signature({ lines, look }: PlotState): string {
    const looks = lines.map(({ id, look: number }) => `${id} ${number}`);
    return [look.xAxis, look.isLog, look.smoothing > 0, ...looks].join('|');
  }

  #size(): { width: number; height: number } {
    return { width: Math.max(120, this.host.clientWidth), height: Math.max(100, this.host.clientHeight) };
  }

  #scene(): Scene {
    const { lines = [], marks = [], look } = this.#state ?? {};
    return { lines, marks, xAxis: look?.xAxis ?? 'step', drawn: this.#drawn, colors: chartColors() };
  }

  #build({ lines, look }: PlotState, data: uPlot.AlignedData, signature: string): void {
    if (this.#plot !== null) {
      this.#plot.destroy();
      this.#note = null;
      this.events.onPoint(null); // Its crosshair has gone with it.
    }
    this.#built = signature;
    const { isDark } = chartColors();
    this.#plot = new uPlot(
      {
        ...this.#size(),
        legend: { show: false },
        padding: [16, 12, 0, 0],
        scales: {
          x: { time: look.xAxis === 'wall', range: (_plot, low, high) => this.#horizontal(low, high) },
          y: verticalScale(look.isLog, () => [this.#range[0], this.#range[1]]),
        },
        axes: axesOf(look.xAxis, this.options.format),
        series: [
          {},
          ...lines.map(({ label, look: number }) => ({
            label,
            stroke: lineColor(number, isDark),
            width: 1,
            dash: lineDash(number),
            spanGaps: false,
            points: { show: (_plot: uPlot, index: number) => this.#hasFewPoints(index - 1) },
          })),
        ],
        cursor: {
          sync: { key: this.options.crosshair, setSeries: false, scales: ['x', null] },
          drag: { x: true, y: false, setScale: false },
          focus: { prox: -1 },
          points: { size: 7, fill: (_plot, index) => lineColor(lines[index - 1]?.look ?? 0, isDark) },
          bind: { dblclick: () => () => (this.events.onZoom(null), null) },
        },
        hooks: {
          drawAxes: [(plot) => drawBehind(plot, this.#scene())],
          draw: [(plot) => drawOdd(plot, this.#scene()), (plot) => drawMarks(plot, this.#scene())],
          setSelect: [(plot) => this.#select(plot)],
          setCursor: [(plot) => this.#point(plot)],
        },
      },
      data,
      this.host,
    );
    this.#note = new MarkNote(this.#plot);
  }

  #point(plot: uPlot): void {
    this.events.onPoint(pointedAt(plot));
    // The others show the same crosshair: one of them says what happened there.
    this.#note?.point(this.host.matches(':hover, :focus') ? placedMarks(this.#scene()) : []);
  }

  /** Dots are shown where there is room for them: they are all that is seen of a line of one point. */
  #hasFewPoints(index: number): boolean {
    return (this.#drawn[index]?.main.xs.length ?? 0) <= DOTS;
  }

  #horizontal(low: number | null, high: number | null): [number, number] {
    const zoom = this.#state?.look.zoom;
    if (zoom) return [zoom[0], zoom[1]];
    if (low === null || high === null) return [0, 1];
    return low === high ? [low - 0.5, high + 0.5] : [low, high];
  }

  #select(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < MIN_ZOOM_PIXELS) return;
    const range: [number, number] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    // The others of the page are dragged over with it, without an event; those out of sight may not have drawn this axis yet.
    if (plot.cursor.event != null) this.events.onZoom(range);
  }
}

/** uPlot with the argument that its types leave out: whether the crosshairs of the other charts move too. */
interface Published {
  setCursor(place: { left: number; top: number }, fires: boolean, publishes: boolean): void;
}

/** Moves the crosshair of a plot, and those of the others with it. */
function placeCursor(plot: Published, place: { left: number; top: number }): void {
  plot.setCursor(place, true, true);
}

/** uPlot's number for a logarithmic scale: its type names it in an enum that is gone at run time. */
const LOGARITHMIC = 3;

function verticalScale(isLog: boolean, range: () => [number, number]): uPlot.Scale {
  const scale: uPlot.Scale = { range };
  if (isLog) Reflect.set(scale, 'distr', LOGARITHMIC);
  return scale;
}

function pointedAt(plot: uPlot): { x: number; values: (number | null)[] } | null {
  const { idx } = plot.cursor;
  const x = idx == null ? undefined : plot.data[0][idx];
  if (idx == null || x === undefined) return null;
  const values = plot.data.slice(1).map((column) => {
    for (let at = idx; at >= 0; at--) {
      const value = column[at];
      if (value !== undefined) return value;
    }
    return null;
  });
  return { x, values };
}
