// What is left of many frames for a client that takes few: of each series the lowest, the highest and the last value, and
// the first NaN.

import type { FrameRow, Rewind } from '@gradstream/data';

/** Rows without those that a rewind after them takes back. */
export function withoutTakenBack(rows: readonly FrameRow[], rewinds: readonly Rewind[]): FrameRow[] {
  return rows.filter((row) => !rewinds.some(({ seq, step }) => seq > row.seq && step < row.step));
}

/** The frames that hold a lowest, a highest or a last value, or a first NaN, of a series, in order: at most four a series. */
export function thinned(rows: readonly FrameRow[], wanted: ReadonlySet<string> | null): FrameRow[] {
  const lowest = new Map<string, { row: FrameRow; value: number }>();
  const highest = new Map(lowest);
  const firstNaN = new Map<string, FrameRow>();
  const last = new Map(firstNaN);
  for (const row of rows)
    for (const [index, name] of row.series.entries()) {
      if (wanted && !wanted.has(name)) continue;
      const value = row.values[index] ?? Number.NaN;
      if (value < (lowest.get(name)?.value ?? Infinity)) lowest.set(name, { row, value });
      if (value > (highest.get(name)?.value ?? -Infinity)) highest.set(name, { row, value });
      if (Number.isNaN(value) && !firstNaN.has(name)) firstNaN.set(name, row);
      last.set(name, row);
    }
  const extremes = [...lowest.values(), ...highest.values()].map(({ row }) => row);
  return [...new Set([...extremes, ...firstNaN.values(), ...last.values()])].sort((a, b) => a.seq - b.seq);
}
