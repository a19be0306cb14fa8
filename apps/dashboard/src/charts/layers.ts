// What lies behind and above a chart's lines: envelopes and raw values, values without a place, and what happened.

import type uPlot from 'uplot';
import type { ChartColors } from './colors.js';
import type { XAxis } from './clock.js';
import type { DrawnLine, Line } from './lines.js';
import { markLooks, placeMarks, type ChartMark, type MarkKind, type PlacedMark } from './marks.js';
import type { Outline } from './outline.js';
import { faint, lineColor } from './palette.js';
import { signsWithRoom } from './signs.js';

export interface Scene {
  readonly lines: readonly Line[];
  readonly drawn: readonly DrawnLine[];
  readonly marks: readonly ChartMark[];
  readonly xAxis: XAxis;
  readonly colors: ChartColors;
}

/** Runs a drawing that cannot leave the area of the plot. */
function clipped(plot: uPlot, draw: (context: CanvasRenderingContext2D) => void, above = 0): void {
  const { ctx: context, bbox } = plot;
  context.save();
  context.beginPath();
  context.rect(bbox.left, bbox.top - above, bbox.width, bbox.height + above);
  context.clip();
  draw(context);
  context.restore();
}

/** Pixels of the canvas. */
const place = (plot: uPlot, value: number, scale: 'x' | 'y'): number => plot.valToPos(value, scale, true);

/** Columns of an envelope that are further apart than so many pixels have room between them. */
const WIDEST_COLUMN = 4;

/** A bar for each column: a polygon through hundreds of them takes ten times as long, where drawing is the processor's. */
function fillEnvelope(plot: uPlot, context: CanvasRenderingContext2D, { xs, low, high }: Outline): void {
  if (low === null || high === null) return;
  let right = -Infinity;
  xs.forEach((x, at) => {
    const left = Math.max(right, Math.round(place(plot, x, 'x')));
    const next = Math.round(place(plot, xs[at + 1] ?? x, 'x'));
    right = left + Math.min(Math.max(1, next - left), WIDEST_COLUMN * devicePixelRatio);
    const [top, bottom] = [place(plot, high[at] ?? NaN, 'y'), place(plot, low[at] ?? NaN, 'y')];
    if (bottom >= top) context.fillRect(left, top, right - left, bottom - top);
  });
}

function strokeLine(plot: uPlot, context: CanvasRenderingContext2D, { xs, line }: Outline): void {
  context.beginPath();
  let isOpen = false;
  xs.forEach((x, at) => {
    const value = line[at] ?? NaN;
    const [left, top] = [place(plot, x, 'x'), place(plot, value, 'y')];
    if (Number.isNaN(value)) isOpen = false;
    else if (isOpen) context.lineTo(left, top);
    else {
      context.moveTo(left, top);
      isOpen = true;
    }
  });
  context.stroke();
}

/** Envelopes of lines in fewer columns than points, and the values themselves behind their averages. */
export function drawBehind(plot: uPlot, { lines, drawn, colors }: Scene): void {
  clipped(plot, (context) => {
    drawn.forEach(({ main, raw }, index) => {
      if (plot.series[index + 1]?.show === false) return;
      const color = lineColor(lines[index]?.look ?? 0, colors.isDark);
      context.fillStyle = faint(color, 0.16);
      context.strokeStyle = faint(color, 0.35);
      context.lineWidth = devicePixelRatio;
      fillEnvelope(plot, context, raw ?? main);
      if (raw !== null) strokeLine(plot, context, raw);
    });
  });
}

const oddSign = (value: number): string => (Number.isNaN(value) ? '✕' : value > 0 ? '▲' : '▼');

/** NaN at the top edge as ✕, infinities as ▲ at the top and ▼ at the bottom. */
export function drawOdd(plot: uPlot, { lines, drawn, colors }: Scene): void {
  const { top, height } = plot.bbox;
  clipped(plot, (context) => {
    context.font = `${10 * devicePixelRatio}px sans-serif`;
    context.textAlign = 'center';
    drawn.forEach(({ odd }, index) => {
      if (plot.series[index + 1]?.show === false) return;
      context.fillStyle = lineColor(lines[index]?.look ?? 0, colors.isDark);
      for (const { x, value } of odd) {
        const isLow = value === -Infinity;
        context.textBaseline = isLow ? 'bottom' : 'top';
        context.fillText(oddSign(value), place(plot, x, 'x'), isLow ? top + height : top);
      }
    });
  });
}

const SIGN_PIXELS = 14;

/** The marks of a scene, where they stand. */
export function placedMarks({ lines, marks, xAxis }: Scene): PlacedMark[] {
  const clock = lines[0]?.clock;
  return clock ? placeMarks(marks, clock, xAxis) : [];
}

/** A line where something happened, with a sign above it where there is room. */
export function drawMarks(plot: uPlot, scene: Scene): void {
  const { top, left: start, height, width } = plot.bbox;
  const room = SIGN_PIXELS * devicePixelRatio;
  const inSight = placedMarks(scene)
    .map(({ x, mark: { kind } }) => ({ left: place(plot, x, 'x'), kind }))
    .filter(({ left }) => left > start - room && left < start + width + room);
  if (inSight.length === 0) return;
  const style = (context: CanvasRenderingContext2D, kind: MarkKind): void => {
    const color = scene.colors.marks[markLooks[kind].color];
    [context.strokeStyle, context.fillStyle] = [color, color];
    context.globalAlpha = kind === 'checkpoint' ? 0.45 : 0.9;
  };
  clipped(
    plot,
    (context) => {
      context.font = `${10 * devicePixelRatio}px sans-serif`;
      context.textAlign = 'center';
      context.textBaseline = 'bottom';
      context.lineWidth = devicePixelRatio;
      // Checkpoints may be so many that their lines would be a pattern of their own: those without a sign have none.
      const signed = signsWithRoom(inSight, room);
      for (const { left, kind } of [...inSight.filter((one) => one.kind !== 'checkpoint'), ...signed]) {
        style(context, kind);
        context.setLineDash(kind === 'checkpoint' ? [2, 6] : [4, 3]);
        context.beginPath();
        context.moveTo(left, top);
        context.lineTo(left, top + height);
        context.stroke();
      }
      for (const { left, kind } of signed) {
        style(context, kind);
        context.fillText(markLooks[kind].sign, left, top - 2);
      }
    },
    room,
  );
}
