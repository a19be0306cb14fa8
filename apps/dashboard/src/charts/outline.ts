// A long series in as many columns as a chart has pixels: the mean of each, and how far it reaches.

import { weighed } from './points.js';

/** What is drawn of points: their values, and what a line goes through (see points.ts). */
export interface Curve {
  readonly values: Float64Array;
  readonly means: Float64Array;
  readonly counts: Float64Array;
}

export interface Outline {
  readonly xs: Float64Array;
  /** What the line goes through: the mean of all finite values that the points stand for, NaN where there is none. */
  readonly line: Float64Array;
  /** Lowest and highest finite value; null where each column is one point, so that there is no envelope. */
  readonly low: Float64Array | null;
  readonly high: Float64Array | null;
}

/** Which points of a series are drawn, and in how many columns. */
export interface Extract {
  /** Index of the first point, and of the one behind the last. */
  readonly from: number;
  readonly to: number;
  readonly columns: number;
  /**
   * From where to where the columns lie; left out, from the first x to the last. One point beyond each end stays as it is, so
   * that lines reach the edge.
   */
  readonly seen?: readonly [number, number];
}

/** Where the columns of some points begin, and how wide each is. */
export function columnsOf(xs: Float64Array, { from, to, columns, seen }: Extract): [number, number] {
  const [low, high] = seen ?? [xs[from] ?? 0, xs[to - 1] ?? 0];
  return [low, (high - low) / columns || 1];
}

/**
 * The points from index `from` to before `to`, in columns of equal width; fewer points have a column each. Points of one part
 * stay together. `xs` rise.
 */
export function outline(xs: Float64Array, { values, means, counts }: Curve, extract: Extract): Outline {
  const { from, to, columns, seen } = extract;
  const isFew = to - from <= columns;
  if (isFew && counts.subarray(from, to).every((count) => count === 1))
    return { xs: xs.slice(from, to), line: values.slice(from, to), low: null, high: null };
  const [start, width] = columnsOf(xs, extract);
  const lastInside = seen && (xs[to - 1] ?? 0) > seen[1] ? to - 1 : to;
  const room = isFew ? to - from : columns + 2;
  const out = { xs: new Float64Array(room), line: new Float64Array(room) };
  const reach = { low: new Float64Array(room), high: new Float64Array(room) };
  let filled = 0;
  for (let at = from; at < to;) {
    const column = Math.min(columns - 1, Math.floor(((xs[at] ?? 0) - start) / width));
    const last = column === columns - 1 ? Infinity : start + Math.max(0, column + 1) * width;
    const end = isFew ? -Infinity : last;
    let [low, high] = [Infinity, -Infinity];
    const first = at;
    const stop = first < lastInside ? lastInside : to;
    for (; at < stop && (at === first || counts[at] === 0 || (xs[at] ?? 0) < end); at++) {
      const value = values[at] ?? NaN;
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    out.xs[filled] = ((xs[first] ?? 0) + (xs[at - 1] ?? 0)) / 2;
    [out.line[filled]] = weighed(means, counts, first, at);
    reach.low[filled] = low === Infinity ? NaN : low;
    reach.high[filled] = high === -Infinity ? NaN : high;
    filled++;
  }
  return {
    xs: out.xs.subarray(0, filled),
    line: out.line.subarray(0, filled),
    low: reach.low.subarray(0, filled),
    high: reach.high.subarray(0, filled),
  };
}
