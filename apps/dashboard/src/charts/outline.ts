// A long series in as many columns as a chart has pixels: the mean of each, and how far it reaches.

export interface Outline {
  readonly xs: Float64Array;
  /** What the line goes through: the mean of the finite values, NaN where there is none. */
  readonly line: Float64Array;
  /** Lowest and highest finite value; null where each column is one point, so that there is no envelope. */
  readonly low: Float64Array | null;
  readonly high: Float64Array | null;
}

/**
 * The points from index `from` to before `to`, in at most `columns` of equal width between the first and the last x.
 * Fewer points stay as they are. `xs` rise.
 */
export function outline(
  xs: Float64Array,
  values: Float64Array,
  { from, to, columns }: { readonly from: number; readonly to: number; readonly columns: number },
): Outline {
  const count = to - from;
  if (count <= columns)
    return { xs: xs.slice(from, to), line: values.slice(from, to), low: null, high: null };
  const start = xs[from] ?? 0;
  const width = ((xs[to - 1] ?? 0) - start) / columns || 1;
  const out = { xs: new Float64Array(columns), line: new Float64Array(columns) };
  const reach = { low: new Float64Array(columns), high: new Float64Array(columns) };
  let filled = 0;
  for (let at = from; at < to;) {
    const column = Math.min(columns - 1, Math.floor(((xs[at] ?? 0) - start) / width));
    const end = column === columns - 1 ? Infinity : start + (column + 1) * width;
    let [sum, finite, low, high] = [0, 0, Infinity, -Infinity];
    const first = at;
    for (; at < to && (at === first || (xs[at] ?? 0) < end); at++) {
      const value = values[at] ?? NaN;
      if (!Number.isFinite(value)) continue;
      sum += value;
      finite++;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    out.xs[filled] = ((xs[first] ?? 0) + (xs[at - 1] ?? 0)) / 2;
    out.line[filled] = finite === 0 ? NaN : sum / finite;
    reach.low[filled] = finite === 0 ? NaN : low;
    reach.high[filled] = finite === 0 ? NaN : high;
    filled++;
  }
  return {
    xs: out.xs.subarray(0, filled),
    line: out.line.subarray(0, filled),
    low: reach.low.subarray(0, filled),
    high: reach.high.subarray(0, filled),
  };
}
