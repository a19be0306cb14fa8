// From the points of a chart's lines to what is drawn of them: where on the axis, smoothed, in as many columns as there are pixels.

import type { Clock, XAxis } from './clock.js';
import { columnsOf, outline, type Extract, type Outline } from './outline.js';
import { lowerBound, type Points } from './points.js';
import { Smoother } from './smoothing.js';

/** A line of a chart. */
export interface Line {
  /** Different from all others of the chart, and the same as long as it is the same line. */
  readonly id: string;
  readonly label: string;
  readonly points: Points;
  readonly clock: Clock;
  /** Which colour and dash it has: see palette.ts. */
  readonly look: number;
}

/** How lines are looked at. */
export interface Look {
  readonly xAxis: XAxis;
  /** Weight of the moving average: 0 shows the values themselves. */
  readonly smoothing: number;
  /** The part of the axis that is seen; null: all of it. */
  readonly zoom: readonly [number, number] | null;
  /** Whether the vertical axis is logarithmic: what is not above 0 has no place on it. */
  readonly isLog: boolean;
}

/** A value that has no place on the vertical axis. */
export interface OddValue {
  readonly x: number;
  readonly value: number;
}

/** What is drawn of a line. */
export interface DrawnLine {
  /** The line that is read: averages where there is smoothing. */
  readonly main: Outline;
  /** The values themselves, behind the averages; null without smoothing. */
  readonly raw: Outline | null;
  /** NaN and the infinities that are in sight, at most one of each kind a column. */
  readonly odd: readonly OddValue[];
}

/** Draws one line again and again as it grows: what has not changed is not computed again. */
export class LineDrawer {
  #smoother: Smoother | null = null;

  constructor(private readonly line: Line) {}

  draw({ xAxis, smoothing, zoom, isLog }: Look, columns: number): DrawnLine {
    const { points, clock } = this.line;
    const xs = clock.positions(points.steps, xAxis);
    const { means, counts } = points;
    const window: Extract = { ...windowOf(xs, counts, zoom), columns, ...(zoom && { seen: zoom }) };
    const onAxis = (values: Float64Array): Float64Array =>
      isLog ? values.map((value) => (value > 0 ? value : NaN)) : values;
    const raw = outline(xs, { values: onAxis(points.values), means: onAxis(means), counts }, window);
    const odd = oddValues(xs, points.values, window);
    if (smoothing === 0) return { main: raw, raw: null, odd };
    if (this.#smoother?.weight !== smoothing) this.#smoother = new Smoother(points, smoothing);
    const smooth = onAxis(this.#smoother.values());
    return { main: outline(xs, { values: smooth, means: smooth, counts }, window), raw, odd };
  }
}

/** Indices of the points in sight, and of one beyond each end, so that lines reach the edge. */
function windowOf(xs: Float64Array, counts: Float64Array, zoom: Look['zoom']): { from: number; to: number } {
  if (zoom === null) return { from: 0, to: xs.length };
  let from = Math.max(0, lowerBound(xs, zoom[0]) - 1);
  while (from > 0 && counts[from] === 0) from--; // Where its part begins.
  return { from, to: Math.min(xs.length, lowerBound(xs, zoom[1]) + 1) };
}

/** What is not finite: of each column the first NaN, the first Infinity, and the first -Infinity. */
function oddValues(xs: Float64Array, values: Float64Array, extract: Extract): OddValue[] {
  const [start, width] = columnsOf(xs, extract);
  const last = new Map<string, number>();
  const found: OddValue[] = [];
  for (let at = extract.from; at < extract.to; at++) {
    const value = values[at] ?? 0;
    if (Number.isFinite(value)) continue;
    const x = xs[at] ?? 0;
    const column = Math.min(extract.columns - 1, Math.floor((x - start) / width));
    const kind = String(value);
    if (last.get(kind) === column) continue;
    last.set(kind, column);
    found.push({ x, value });
  }
  return found;
}

/** Lowest and highest of what is drawn; null where nothing is. */
export function reachOf(lines: readonly DrawnLine[]): [number, number] | null {
  let [low, high] = [Infinity, -Infinity];
  const columns = lines.flatMap(({ main, raw }) =>
    [main.line, main.low, main.high, raw?.line, raw?.low, raw?.high].filter((column) => column != null),
  );
  for (const column of columns)
    for (const value of column) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  return low <= high ? [low, high] : null;
}

/** The vertical range for a reach: a little air above and below, and never empty. */
export function rangeOf(reach: readonly [number, number] | null, isLog: boolean): [number, number] {
  if (reach === null) return isLog ? [0.1, 1] : [0, 1];
  const [low, high] = reach;
  if (isLog)
    return low === high ? [low / 2, high * 2] : [low / (high / low) ** 0.05, high * (high / low) ** 0.05];
  const air = low === high ? Math.abs(low) * 0.1 || 1 : (high - low) * 0.06;
  return [low - air, high + air];
}
